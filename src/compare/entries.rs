//! What changed in the text of a list: its entries, field by field.

use std::sync::Arc;

use imbl::ordmap::DiffItem;

use crate::compare::fields::{Change, entry_changes, header_changes};
use crate::model::{Entry, EntryId, Issued, List, Revision};

/// What changed between two revisions.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EntryDiff<'a> {
    /// What changed besides the entries.
    pub header: Vec<Change>,
    /// Entries that only the later one has.
    pub added: Vec<&'a Entry>,
    /// Entries that only the earlier one has.
    pub removed: Vec<&'a Entry>,
    /// Entries that both have and that differ.
    pub changed: Vec<ChangedEntry<'a>>,
}

/// An entry of two revisions that differs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangedEntry<'a> {
    /// As it was.
    pub before: &'a Entry,
    /// As it is.
    pub after: &'a Entry,
    /// The fields that differ. Never empty.
    pub fields: Vec<Change>,
}

/// Compares the text of two revisions. Entries that both share are not looked
/// into.
pub fn entries<'a>(before: &'a Revision, after: &'a Revision) -> EntryDiff<'a> {
    if std::ptr::eq(before, after) {
        return EntryDiff::default();
    }
    let mut diff = EntryDiff { header: header_changes(before, after), ..EntryDiff::default() };
    for change in before.entries.diff(&after.entries) {
        match change {
            DiffItem::Update { old: (_, one), new: (_, other) } => {
                diff.changed.push(ChangedEntry { before: one, after: other, fields: entry_changes(one, other) });
            }
            DiffItem::Remove(_, one) => diff.removed.push(one),
            DiffItem::Add(_, other) => diff.added.push(other),
        }
    }
    diff
}

/// What happened to an entry in a revision.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Happening<'a> {
    /// The revision.
    pub issued: &'a Issued,
    /// What happened.
    pub what: What<'a>,
}

/// What happened to an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum What<'a> {
    /// It appeared.
    Appeared(&'a Entry),
    /// Fields of it changed.
    Changed(Vec<Change>),
    /// It vanished.
    Vanished,
}

/// Returns where an entry appeared, changed and vanished, revision by revision
/// in the order of publication.
pub fn history<'a>(list: &'a List, id: &EntryId) -> Vec<Happening<'a>> {
    let mut happenings = Vec::new();
    let mut before: Option<&Arc<Entry>> = None;
    for issued in &list.revisions {
        let after = issued.revision.entries.get(id);
        let what = match (before, after) {
            (None, None) => None,
            (Some(one), Some(other)) if is_same(one, other) => None,
            (Some(one), Some(other)) => Some(What::Changed(entry_changes(one, other))),
            (Some(_), None) => Some(What::Vanished),
            (None, Some(other)) => Some(What::Appeared(other)),
        };
        happenings.extend(what.map(|what| Happening { issued, what }));
        before = after;
    }
    happenings
}

/// Most entries stand in memory once for all revisions that agree on them.
fn is_same(one: &Arc<Entry>, other: &Arc<Entry>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}
