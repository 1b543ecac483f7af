//! A list: its revisions in the order in which they were published.

use std::collections::BTreeMap;

use semver::Version;

use crate::model::date::{At, KnownOn, Published};
use crate::model::hash::Hash;
use crate::model::id::ListId;
use crate::model::revision::Revision;

/// One legal regime: the chain of its revisions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// The revisions, by sequence. Never empty, never going back in
    /// publication.
    pub revisions: Vec<Issued>,
}

/// A revision in its chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issued {
    /// Its place in the chain, from 0.
    pub sequence: u64,
    /// The hash of the revision before it.
    pub previous: Option<Hash>,
    /// Its own hash.
    pub hash: Hash,
    /// What it says.
    pub revision: Revision,
}

/// How a list stands at a date.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InForce<'a> {
    /// No revision had taken effect.
    NotYet,
    /// This revision is in force.
    Yes(&'a Issued),
    /// The last one to take effect has run out, or ended the list.
    Lapsed(&'a Issued),
}

/// How one revision stands at a date, for people who read a history.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It has no effective date.
    Dormant,
    /// It was taken back before it took effect.
    Withdrawn,
    /// Its day is still to come.
    Scheduled,
    /// It is the one in force.
    InForce,
    /// It ran out, or ended its list.
    Lapsed,
    /// A later one has taken its place.
    Superseded,
}

impl Standing {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Dormant => "dormant",
            Standing::Withdrawn => "withdrawn",
            Standing::Scheduled => "scheduled",
            Standing::InForce => "in-force",
            Standing::Lapsed => "lapsed",
            Standing::Superseded => "superseded",
        }
    }
}

impl List {
    /// Returns how the list stands at a date, as far as it was published by
    /// another.
    ///
    /// In force is, among the revisions published by then and not withdrawn by
    /// then, the one with the greatest effective date that is not after `at`;
    /// on a tie the later one.
    pub fn in_force(&self, at: At, known_on: Option<KnownOn>) -> InForce<'_> {
        let withdrawn = self.withdrawn_by(self.revisions.len());
        let is_known = |it: Published| known_on.is_none_or(|day| it.is_known_on(day));
        let latest = self
            .revisions
            .iter()
            .filter(|it| is_known(it.revision.published))
            .filter(|it| !withdrawn.get(&it.sequence).copied().is_some_and(is_known))
            .filter(|it| it.revision.effective.is_some_and(|day| day.binds_at(at)))
            .max_by_key(|it| it.revision.effective);
        match latest {
            None => InForce::NotYet,
            Some(it) if it.revision.repeals || it.revision.has_expired(at) => InForce::Lapsed(it),
            Some(it) => InForce::Yes(it),
        }
    }

    /// Returns how one of its revisions stands at a date.
    pub fn standing(&self, issued: &Issued, at: At) -> Standing {
        let Some(effective) = issued.revision.effective else { return Standing::Dormant };
        if self.withdrawn_by(self.revisions.len()).contains_key(&issued.sequence) {
            return Standing::Withdrawn;
        }
        if !effective.binds_at(at) {
            return Standing::Scheduled;
        }
        match self.in_force(at, None) {
            InForce::Yes(it) if it.sequence == issued.sequence => Standing::InForce,
            InForce::Lapsed(it) if it.sequence == issued.sequence => Standing::Lapsed,
            InForce::NotYet | InForce::Yes(_) | InForce::Lapsed(_) => Standing::Superseded,
        }
    }

    /// Returns the last revision of the chain.
    pub fn head(&self) -> Option<&Issued> {
        self.revisions.last()
    }

    /// Returns the revision of a version, which no two have.
    pub fn issued(&self, version: &Version) -> Option<&Issued> {
        self.revisions.iter().find(|it| it.revision.version == *version)
    }

    /// For each revision that one of the first so many takes back, the day on
    /// which that became known.
    pub(crate) fn withdrawn_by(&self, many: usize) -> BTreeMap<u64, Published> {
        let mut withdrawn = BTreeMap::new();
        for later in self.revisions.iter().take(many).filter(|it| !it.revision.withdraws.is_empty()) {
            for earlier in self.revisions.iter().filter(|it| later.revision.withdraws.contains(&it.revision.version)) {
                withdrawn.entry(earlier.sequence).or_insert(later.revision.published);
            }
        }
        withdrawn
    }
}
