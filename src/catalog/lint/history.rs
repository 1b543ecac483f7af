//! The other revisions of a list, from the folder that a file lies in.

use std::collections::BTreeMap;

use semver::Version;

use crate::catalog::revision::read_revision;
use crate::model::{ListId, Revision, Vocabulary};

/// The revisions of one list, as its folder has them.
#[derive(Clone, Debug)]
pub struct History {
    /// The list after which the folder is named.
    pub list: ListId,
    revisions: BTreeMap<Version, Revision>,
}

impl History {
    /// Reads the files of a list's folder, by the version after which they are
    /// named. One that cannot be read is left out: it is reported where it is
    /// judged itself.
    pub fn read(list: ListId, files: &BTreeMap<Version, String>, vocabulary: &Vocabulary) -> History {
        let mut revisions: BTreeMap<Version, Revision> = BTreeMap::new();
        for (version, text) in files {
            if let Ok(revision) = read_revision(text, vocabulary, |base| revisions.get(base).cloned()) {
                revisions.insert(version.clone(), revision);
            }
        }
        History { list, revisions }
    }

    /// Returns a revision that a file named after `version` may build on.
    pub(crate) fn before(&self, version: &Version, base: &Version) -> Option<&Revision> {
        self.revisions.get(base).filter(|_| base < version)
    }

    /// Returns the revision that lies just before a version.
    pub(crate) fn last_before(&self, version: &Version) -> Option<(&Version, &Revision)> {
        self.revisions.range(..version).next_back()
    }

    /// Returns all revisions but the one of a version.
    pub(crate) fn others(&self, version: &Version) -> Vec<&Revision> {
        self.revisions.iter().filter(|(it, _)| *it != version).map(|(_, it)| it).collect()
    }
}
