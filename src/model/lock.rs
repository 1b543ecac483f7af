//! The law that somebody relies on, pinned.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::model::date::At;
use crate::model::hash::Hash;
use crate::model::id::{Jurisdiction, ListId};
use crate::model::state::Head;

/// Which revision of each list was in force on a day, for those who send data
/// from some places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lock {
    /// The registry from which it was made, and how far that went.
    pub head: Head,
    /// The day.
    pub made: At,
    /// The places from which data goes.
    pub from: BTreeSet<Jurisdiction>,
    /// The releases of the words.
    pub releases: Releases,
    /// The revisions in force, by list.
    pub lists: BTreeMap<ListId, Pin>,
}

/// The releases of categories, facts and places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Releases {
    /// Of the categories.
    pub categories: Pin,
    /// Of the facts.
    pub facts: Pin,
    /// Of the places.
    pub jurisdictions: Pin,
}

impl Releases {
    /// Returns each with the word for it.
    pub fn all(&self) -> [(&'static str, &Pin); 3] {
        [("categories", &self.categories), ("facts", &self.facts), ("jurisdictions", &self.jurisdictions)]
    }
}

/// A version, and the hash of what it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pin {
    /// The version.
    pub version: Version,
    /// The hash.
    pub hash: Hash,
}
