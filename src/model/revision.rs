//! One immutable version of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use semver::{Version, VersionReq};

use crate::model::condition::When;
use crate::model::date::{At, Effective, Published};
use crate::model::destination::{Destinations, Member};
use crate::model::entry::{Entry, EntryNote, EntryNoteKind};
use crate::model::id::{CategoryId, CombineId, EntryId, GroupId, Jurisdiction, ListId};
use crate::model::text::Text;

/// One immutable version of a list: the whole state of a legal regime from
/// one day on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Revision {
    /// The list.
    pub list: ListId,
    /// The version, without build metadata.
    pub version: Version,
    /// What the list is called.
    pub title: Text,
    /// Who made the rule.
    pub authority: String,
    /// The day from which anybody could know it.
    pub published: Published,
    /// The first day on which it binds; `None` while it is dormant.
    pub effective: Option<Effective>,
    /// The first day on which it no longer binds, the list being silent then.
    pub expires: Option<Date>,
    /// Whether the list is silent from the effective day on.
    pub repeals: bool,
    /// Earlier versions that had not taken effect and are taken back.
    pub withdraws: BTreeSet<Version>,
    /// Why it binds from a day before its publication, where it does.
    pub retroactive: Option<Text>,
    /// The releases of the category catalog that it is written for.
    pub catalog: VersionReq,
    /// Whether the authority itself publishes here.
    pub status: Status,
    /// The categories that the list claims to speak for.
    pub scope: Scope,
    /// The place whose border counts; the list's own where it is `None`.
    pub border: Option<Jurisdiction>,
    /// Whether it also binds handing data to somebody inside the border.
    pub within: bool,
    /// Lists that are not asked where this one applies.
    pub displaces: BTreeSet<ListId>,
    /// Whom the whole list concerns.
    pub applies_when: When,
    /// Towards where the whole list applies.
    pub applies_to: Destinations,
    /// What this revision changed.
    pub summary: Text,
    /// Where it can be read.
    pub source: Source,
    /// Destination groups of this list.
    pub groups: BTreeMap<GroupId, BTreeSet<Jurisdiction>>,
    /// Combine groups, with the categories that join them.
    pub combine: BTreeMap<CombineId, BTreeSet<CategoryId>>,
    /// The entries, by id. Shared between revisions that agree on them.
    pub entries: Entries,
    /// What the sources leave open.
    pub doubts: Vec<Text>,
    /// Circumstances that a reader of an answer should know.
    pub notes: Vec<EntryNote>,
}

impl Revision {
    /// Returns the place whose border counts: data that stays inside it is not
    /// leaving.
    pub fn border(&self) -> Jurisdiction {
        self.border.clone().unwrap_or_else(|| self.list.jurisdiction())
    }

    /// Returns the codes that destinations name, groups spelled out.
    pub fn codes(&self, members: &BTreeSet<Member>) -> BTreeSet<Jurisdiction> {
        let mut codes = BTreeSet::new();
        for member in members {
            match member {
                Member::Place(code) => codes.extend([code.clone()]),
                Member::Group(group) => codes.extend(self.groups.get(group).into_iter().flatten().cloned()),
            }
        }
        codes
    }

    /// Returns the first day on which it binds; of a dormant one that of its
    /// publication.
    pub fn first_day(&self) -> At {
        At(self.effective.map_or(self.published.0, |it| it.0))
    }

    /// Returns the entries that share their thresholds in a combine group.
    pub fn entries_in(&self, group: &CombineId) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(AsRef::as_ref).filter(move |it| it.combine.as_ref() == Some(group))
    }

    /// Returns what is known to be missing beside it.
    pub fn gaps(&self) -> impl Iterator<Item = &Text> {
        self.notes.iter().filter(|it| it.kind == EntryNoteKind::Gap).map(|it| &it.text)
    }

    /// Returns whether the revision has run out at a date.
    pub fn has_expired(&self, at: At) -> bool {
        self.expires.is_some_and(|expires| expires <= at.0)
    }
}

/// The entries of a revision, by id. Persistent: revisions of a list share all
/// parts of the map that they agree on, so that a thousand revisions of a long
/// list take little more memory than what changed, and what changed between
/// two is found without looking at the rest.
pub type Entries = imbl::OrdMap<EntryId, Arc<Entry>>;

/// Returns some entries as a map that shares what it can with another: with
/// that of the revision before.
pub fn sharing(before: &Entries, entries: &[Arc<Entry>]) -> Entries {
    let mut after = before.clone();
    let mut last = before.iter().peekable();
    for entry in entries {
        while let Some((gone, _)) = last.next_if(|(it, old)| !Arc::ptr_eq(old, entry) && **it < entry.id) {
            after.remove(gone);
        }
        match last.next_if(|(it, old)| Arc::ptr_eq(old, entry) || **it == entry.id) {
            Some((_, old)) if Arc::ptr_eq(old, entry) => {}
            Some(_) | None => drop(after.insert(entry.id.clone(), Arc::clone(entry))),
        }
    }
    last.for_each(|(gone, _)| drop(after.remove(gone)));
    after
}

/// The categories that a list claims to speak for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// All data.
    All,
    /// These, with everything below them.
    Only(BTreeSet<CategoryId>),
}

impl Scope {
    /// Returns everything that is in one of two scopes.
    #[must_use]
    pub fn and(&self, other: &Scope) -> Scope {
        match (self, other) {
            (Scope::Only(one), Scope::Only(other)) => Scope::Only(one | other),
            (Scope::All, _) | (_, Scope::All) => Scope::All,
        }
    }

    /// Returns the same without categories that lie in another one by their
    /// dots.
    #[must_use]
    pub fn without_repetition(self) -> Scope {
        let Scope::Only(all) = self else { return self };
        let lies_in_another =
            |id: &CategoryId| std::iter::successors(id.parent(), CategoryId::parent).any(|above| all.contains(&above));
        Scope::Only(all.iter().filter(|it| !lies_in_another(it)).cloned().collect())
    }
}

/// Who stands behind a revision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// Somebody wrote it down from the published law.
    Transcribed,
    /// The authority published it here.
    Official,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 2] = [Status::Transcribed, Status::Official];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Transcribed => "transcribed",
            Status::Official => "official",
        }
    }
}

/// Where a revision can be read, and how far it can be trusted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// The instrument.
    pub title: String,
    /// How lawyers cite it.
    pub citation: String,
    /// Where its text is.
    pub url: String,
    /// The day on which somebody last compared.
    pub checked: Date,
    /// How likely a lawyer of the place would agree.
    pub confidence: Confidence,
}

/// How likely a lawyer of the place would agree, from the least.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Confidence {
    /// Below about two in three.
    Low,
    /// Between.
    Medium,
    /// Nine in ten, or more.
    High,
}

impl Confidence {
    /// Every degree.
    pub const ALL: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];

    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}
