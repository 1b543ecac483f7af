//! What a release of categories, facts or places comes to, before it is
//! published.

use std::collections::BTreeSet;

use semver::Version;

use crate::catalog::{UnknownWord, Words};
use crate::compare::Class;
use crate::compare::release::{Alteration, categories, class_of, facts, places, vanished};
use crate::model::{Categories, CategoryId, ListId, Places, State, Vocabulary};

/// A release of the words that lists and questions are written in.
#[derive(Clone, Copy, Debug)]
pub enum Release<'a> {
    /// Of the category catalog.
    Categories(&'a Categories),
    /// Of the fact vocabulary.
    Facts(&'a Vocabulary),
    /// Of the places.
    Places(&'a Places),
}

/// What a release comes to after the one before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// Of what it is a release.
    pub kind: &'static str,
    /// The release before.
    pub before: Version,
    /// This release.
    pub after: Version,
    /// What it is by semantic versioning.
    pub class: Class,
    /// What became of ids.
    pub alterations: Vec<Alteration>,
}

/// Why a release cannot be published after the one before it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReleaseError {
    /// Ids are gone without a word, and lists go on naming them.
    #[error("categories {after} does not say what became of {}", quoted(.ids))]
    Vanished {
        /// The release.
        after: Version,
        /// The ids.
        ids: Vec<CategoryId>,
    },
    /// The version says less than what the release changes.
    #[error("{}", understated(.0))]
    Understated(Box<Step>),
    /// A published revision would not be understood any more.
    #[error("`{list}` {version} would not be understood any more: {word}")]
    Breaks {
        /// The list.
        list: ListId,
        /// The version of the revision.
        version: Version,
        /// The first word of it that would mean nothing.
        word: UnknownWord,
    },
}

fn quoted(ids: &[CategoryId]) -> String {
    let ids: Vec<_> = ids.iter().map(|it| format!("`{it}`")).collect();
    ids.join(", ")
}

fn understated(step: &Step) -> String {
    let Step { kind, before, after, class, .. } = step;
    let declared = Class::declared(before, after).word();
    format!("{kind} {after} declares a {declared} after {before}, and what it changes makes it a {}", class.word())
}

impl<'a> Release<'a> {
    /// Returns of what it is a release.
    pub fn kind(self) -> &'static str {
        match self {
            Release::Categories(_) => "categories",
            Release::Facts(_) => "facts",
            Release::Places(_) => "jurisdictions",
        }
    }

    /// Returns its version.
    pub fn version(self) -> &'a Version {
        match self {
            Release::Categories(it) => it.version(),
            Release::Facts(it) => it.version(),
            Release::Places(it) => it.version(),
        }
    }

    /// Returns whether a state has this version of it, and it says something
    /// else.
    pub fn is_known_otherwise(self, state: &State) -> bool {
        match self {
            Release::Categories(it) => it.version() == state.categories.version() && *it != state.categories,
            Release::Facts(it) => it.version() == state.vocabulary.version() && *it != state.vocabulary,
            Release::Places(it) => it.version() == state.places.version() && *it != state.places,
        }
    }

    /// Compares it with the release of its kind in a state, and refuses one
    /// that lists there cannot live with.
    pub fn after(self, state: &State) -> Result<Step, ReleaseError> {
        let State { categories, vocabulary, places, .. } = state;
        let (step, categories, vocabulary, places) = match self {
            Release::Categories(it) => (Step::of_categories(categories, it)?, it, vocabulary, places),
            Release::Facts(it) => (Step::of_facts(vocabulary, it)?, categories, it, places),
            Release::Places(it) => (Step::of_places(places, it)?, categories, vocabulary, it),
        };
        let mut lists: BTreeSet<ListId> = state.lists.keys().cloned().collect();
        for revision in state.lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision) {
            lists.extend(revision.displaces.iter().cloned());
            let words = Words { categories, vocabulary, places, lists: &lists };
            if let Some(word) = words.unknown(revision).into_iter().next() {
                let (list, version) = (revision.list.clone(), revision.version.clone());
                return Err(ReleaseError::Breaks { list, version, word });
            }
        }
        Ok(step)
    }
}

impl Step {
    /// Compares two releases of the categories.
    pub fn of_categories(before: &Categories, after: &Categories) -> Result<Step, ReleaseError> {
        let ids = vanished(before, after);
        if !ids.is_empty() {
            return Err(ReleaseError::Vanished { after: after.version().clone(), ids });
        }
        Step::new(Release::Categories(after).kind(), before.version(), after.version(), categories(before, after))
    }

    /// Compares two releases of the facts.
    pub fn of_facts(before: &Vocabulary, after: &Vocabulary) -> Result<Step, ReleaseError> {
        Step::new(Release::Facts(after).kind(), before.version(), after.version(), facts(before, after))
    }

    /// Compares two releases of the places.
    pub fn of_places(before: &Places, after: &Places) -> Result<Step, ReleaseError> {
        Step::new(Release::Places(after).kind(), before.version(), after.version(), places(before, after))
    }

    fn new(
        kind: &'static str,
        before: &Version,
        after: &Version,
        alterations: Vec<Alteration>,
    ) -> Result<Step, ReleaseError> {
        let class = class_of(&alterations);
        let step = Step { kind, before: before.clone(), after: after.clone(), class, alterations };
        // One that does not rise is refused where it would be appended.
        let is_understated = before < after && Class::declared(before, after) < class;
        if is_understated { Err(ReleaseError::Understated(Box::new(step))) } else { Ok(step) }
    }

    /// Returns the alterations that make it what it is.
    pub fn witnesses(&self) -> impl Iterator<Item = &Alteration> {
        self.alterations.iter().filter(|it| it.what.class() == self.class)
    }
}
