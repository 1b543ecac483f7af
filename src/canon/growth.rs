//! What grows with a chain: the trees in which a record changes little.

use std::collections::BTreeSet;

use crate::canon::ledger::{EntryLedger, StateLedger};
use crate::canon::release::ReleaseForm;
use crate::canon::timeline::{Moment, Timeline};
use crate::model::{List, Revision, Scope};

/// What is kept of a list while its chain grows.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    /// The tree over the entries of its last revision.
    pub(crate) entries: EntryLedger,
    /// The tree over the dates of its revisions.
    pub(crate) timeline: Timeline,
    /// Everything that any of its revisions claimed to speak for, or bound.
    pub(crate) scope: Scope,
}

impl Growth {
    /// Marks the revisions that another takes back.
    pub(crate) fn take_back(&mut self, list: Option<&List>, by: &Revision) {
        let Some(list) = list.filter(|_| !by.withdraws.is_empty()) else { return };
        let before = list.withdrawn_by(list.revisions.len());
        let withdrawn = list.revisions.iter().filter(|it| by.withdraws.contains(&it.revision.version));
        let withdrawn = withdrawn.filter(|it| !before.contains_key(&it.sequence));
        let moments = withdrawn.filter_map(|it| Moment::of_issued(it, Some(by.published)));
        self.timeline.turn(moments.map(|it| it.turn()).collect());
    }
}

impl Default for Growth {
    fn default() -> Growth {
        Growth { entries: EntryLedger::default(), timeline: Timeline::default(), scope: Scope::Only(BTreeSet::new()) }
    }
}

/// What a record makes of the trees.
#[derive(Debug)]
pub(crate) struct Grown {
    /// Of a revision, what its list has grown to.
    pub(crate) list: Option<Growth>,
    /// Of a release, what is hashed of it.
    pub(crate) released: Option<ReleaseForm>,
    pub(crate) state: StateLedger,
}
