//! Of some lists what may bind one kind of flow: little, and so asked quickly.
//!
//! What cannot bind a flow never says anything of it, but for one thing: where
//! nothing does, whether no list was there or none that speaks. So an excerpt
//! says what becomes of a flow, and the whole state what it gets.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compare::scene::MayBind;
use crate::model::{Entries, InForce, Issued, List, ListId, Lists, Revision};

/// How a list stands on a day of a span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand<'s> {
    pub(super) span: usize,
    pub(super) in_force: InForce<'s>,
}

/// Revisions without their entries, from which excerpts are made.
#[derive(Debug, Default)]
pub(super) struct Excerpts {
    /// The revisions in force, each with its span, in the order in which they
    /// were read.
    shells: Vec<(usize, Issued)>,
    /// Those that ended their list.
    ends: Vec<(usize, Issued)>,
}

impl Excerpts {
    pub(super) fn add(&mut self, span: usize, issued: &Issued) {
        self.shells.push((span, shell(issued)));
    }

    pub(super) fn add_end(&mut self, span: usize, issued: &Issued) {
        self.ends.push((span, shell(issued)));
    }

    /// Returns the lists of a span with the entries of each revision that may
    /// bind something, less those that are silent on all of it.
    pub(super) fn of(&self, may_bind: &[&[MayBind]], span: usize) -> Lists {
        let mut lists: BTreeMap<ListId, BTreeMap<u64, Issued>> = BTreeMap::new();
        for (index, (_, shell)) in self.shells.iter().enumerate().filter(|(_, (it, _))| *it == span) {
            let mut parts = may_bind.iter().filter_map(|it| it.get(index)?.as_ref()).peekable();
            if parts.peek().is_some() {
                let revisions = lists.entry(shell.revision.list.clone()).or_default();
                let issued = revisions.entry(shell.sequence).or_insert_with(|| shell.clone());
                parts.for_each(|it| issued.revision.entries.extend(it.clone()));
            }
        }
        for (_, end) in self.ends.iter().filter(|(it, _)| *it == span) {
            if let Some(revisions) = lists.get_mut(&end.revision.list) {
                revisions.entry(end.sequence).or_insert_with(|| end.clone());
            }
        }
        let list = |(id, revisions): (ListId, BTreeMap<u64, Issued>)| {
            (id.clone(), Arc::new(List { id, revisions: revisions.into_values().collect() }))
        };
        lists.into_iter().map(list).collect()
    }
}

fn shell(issued: &Issued) -> Issued {
    let revision = &issued.revision;
    let revision = Revision { entries: Entries::new(), doubts: Vec::new(), notes: Vec::new(), ..revision.clone() };
    Issued { revision, ..issued.clone() }
}
