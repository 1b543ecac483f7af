//! The vocabulary of facts, one release of it.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::model::condition::Count;
use crate::model::date::Published;
use crate::model::id::{ChoiceId, FactId, WindowId};
use crate::model::text::Text;

/// The fact that counts the people of one item.
pub const SUBJECTS: &str = "subjects";

/// Something about exporter, recipient, data or operation that an entry may
/// depend on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// Its name.
    pub id: FactId,
    /// What its values are.
    pub kind: FactKind,
    /// What it means when it is not stated.
    pub role: Role,
    /// What people call it.
    pub name: Text,
}

/// What the values of a fact are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FactKind {
    /// A number.
    Count,
    /// Yes or no.
    Flag,
    /// One of these.
    Choice(BTreeSet<ChoiceId>),
}

/// What it means when a fact is not stated.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// Open: both sides are considered.
    Circumstance,
    /// Not claimed; an answer names those that would lift an entry.
    Exemption,
    /// Not in place; an answer names those that would satisfy an entry.
    Mechanism,
    /// Never asked for, only named.
    Duty,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Circumstance, Role::Exemption, Role::Mechanism, Role::Duty];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Role::Circumstance => "circumstance",
            Role::Exemption => "exemption",
            Role::Mechanism => "mechanism",
            Role::Duty => "duty",
        }
    }
}

/// What a question states of a fact.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Value {
    /// It is the case, or not.
    Flag(bool),
    /// It is this one.
    Choice(ChoiceId),
    /// It is so many.
    Count(Count),
}

/// A time over which people are counted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Window {
    /// Its name.
    pub id: WindowId,
    /// What people call it.
    pub name: Text,
    /// Windows that lie within it whenever the count is taken: nobody has more
    /// people in one of these than in it.
    pub includes: BTreeSet<WindowId>,
}

/// A release of the fact vocabulary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vocabulary {
    version: Version,
    published: Published,
    facts: BTreeMap<FactId, Fact>,
    windows: BTreeMap<WindowId, Window>,
}

/// Why facts do not make a vocabulary.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidVocabulary {
    /// Two facts have the same id.
    #[error("fact `{0}` stands there twice")]
    FactTwice(FactId),
    /// Two windows have the same id.
    #[error("window `{0}` stands there twice")]
    WindowTwice(WindowId),
    /// A window includes one that is not there.
    #[error("window `{window}` includes `{missing}`, which is not in the vocabulary")]
    MissingWindow {
        /// The window.
        window: WindowId,
        /// The one that is not there.
        missing: WindowId,
    },
    /// A window includes itself, perhaps by way of others.
    #[error("window `{0}` includes itself")]
    Circle(WindowId),
    /// A fact that is no circumstance is not a flag.
    #[error("fact `{fact}` is a {role}, and so it must be a flag", role = .role.word())]
    NotAFlag {
        /// The fact.
        fact: FactId,
        /// Its role.
        role: Role,
    },
    /// The fact that counts people is missing or not a count.
    #[error("a vocabulary has a circumstance `{SUBJECTS}` that is a count")]
    NoSubjects,
}

impl Vocabulary {
    /// Makes a release from its facts and windows.
    pub fn new(
        version: Version,
        published: Published,
        facts: impl IntoIterator<Item = Fact>,
        windows: impl IntoIterator<Item = Window>,
    ) -> Result<Vocabulary, InvalidVocabulary> {
        let mut by_id: BTreeMap<FactId, Fact> = BTreeMap::new();
        for fact in facts {
            if fact.role != Role::Circumstance && fact.kind != FactKind::Flag {
                return Err(InvalidVocabulary::NotAFlag { fact: fact.id, role: fact.role });
            }
            if let Some(twice) = by_id.insert(fact.id.clone(), fact) {
                return Err(InvalidVocabulary::FactTwice(twice.id));
            }
        }
        let mut windows_by_id: BTreeMap<WindowId, Window> = BTreeMap::new();
        for window in windows {
            if let Some(twice) = windows_by_id.insert(window.id.clone(), window) {
                return Err(InvalidVocabulary::WindowTwice(twice.id));
            }
        }
        for window in windows_by_id.values() {
            if let Some(missing) = window.includes.iter().find(|it| !windows_by_id.contains_key(*it)) {
                let (window, missing) = (window.id.clone(), missing.clone());
                return Err(InvalidVocabulary::MissingWindow { window, missing });
            }
            if includes(&windows_by_id, &window.id, &window.id) {
                return Err(InvalidVocabulary::Circle(window.id.clone()));
            }
        }
        let subjects = by_id.get(SUBJECTS);
        if !subjects.is_some_and(|it| it.kind == FactKind::Count && it.role == Role::Circumstance) {
            return Err(InvalidVocabulary::NoSubjects);
        }
        Ok(Vocabulary { version, published, facts: by_id, windows: windows_by_id })
    }

    /// Returns the version of the release.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the day on which the release was published.
    pub fn published(&self) -> Published {
        self.published
    }

    /// Returns a fact.
    pub fn find(&self, id: &FactId) -> Option<&Fact> {
        self.facts.get(id)
    }

    /// Returns all facts, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.facts.values()
    }

    /// Returns a window.
    pub fn window(&self, id: &WindowId) -> Option<&Window> {
        self.windows.get(id)
    }

    /// Returns whether a window includes another, itself or by way of others.
    pub fn includes(&self, longer: &WindowId, shorter: &WindowId) -> bool {
        includes(&self.windows, longer, shorter)
    }

    /// Returns all windows, by id.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.windows.values()
    }
}

fn includes(windows: &BTreeMap<WindowId, Window>, longer: &WindowId, shorter: &WindowId) -> bool {
    // A circle must end, so that it can be refused.
    let mut seen = BTreeSet::new();
    let mut open = vec![longer];
    while let Some(id) = open.pop() {
        let next = windows.get(id).into_iter().flat_map(|it| &it.includes);
        for included in next {
            if included == shorter {
                return true;
            }
            if seen.insert(included) {
                open.push(included);
            }
        }
    }
    false
}
