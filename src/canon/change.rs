//! What a revision changes against the one before it: what its record holds,
//! and what its tree is computed from.

use std::sync::Arc;

use imbl::ordmap::DiffItem;

use crate::canon::bytes::canonical_form;
use crate::canon::form::EntryForm;
use crate::canon::header::IssuedForm;
use crate::canon::ledger::{EntryLedger, Turn};
use crate::canon::tree::entry_leaf;
use crate::model::{CategoryId, Entries, Entry, EntryId, Hash, Scope};

/// An entry with its canonical bytes and its leaves.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) entry: Arc<Entry>,
    bytes: Vec<u8>,
    /// One for each of its categories, in their order.
    leaves: Vec<Hash>,
}

impl Written {
    pub(crate) fn new(entry: Arc<Entry>) -> Written {
        let form = EntryForm::from(entry.as_ref());
        let bytes = canonical_form(&form);
        let hash = form.apart().0.hash();
        let leaves = entry.categories.iter().map(|it| entry_leaf(it, hash)).collect();
        Written { entry, bytes, leaves }
    }
}

/// What a revision changes.
pub(crate) struct Change {
    /// Entries that are new or say something else, by id.
    put: Vec<Written>,
    /// Entries that are gone, by id.
    removed: Vec<EntryId>,
}

impl Change {
    /// Compares the entries of two revisions. `ledger` is the tree over those
    /// before, and becomes that over those after; `known` are entries that were
    /// written already, by id.
    pub(crate) fn between(
        before: &Entries,
        after: &Entries,
        ledger: &mut EntryLedger,
        known: impl IntoIterator<Item = Written>,
    ) -> Change {
        let mut known = known.into_iter().peekable();
        let (mut put, mut removed, mut turns) = (Vec::new(), Vec::new(), Vec::new());
        for item in before.diff(after) {
            let (old, new) = match item {
                DiffItem::Add(_, new) => (None, new),
                DiffItem::Update { old: (_, old), new: (_, new) } => (Some(old), new),
                DiffItem::Remove(id, old) => {
                    removed.push(id.clone());
                    turns.extend(old.categories.iter().map(|it| gone(it, id)));
                    continue;
                }
            };
            while known.next_if(|it| it.entry.id < new.id).is_some() {}
            let written = known.next_if(|it| Arc::ptr_eq(&it.entry, new));
            let written = written.unwrap_or_else(|| Written::new(Arc::clone(new)));
            let no_more = old.into_iter().flat_map(|it| it.categories.difference(&new.categories));
            turns.extend(no_more.map(|it| gone(it, &new.id)));
            turns.extend(
                new.categories
                    .iter()
                    .zip(&written.leaves)
                    .map(|(it, leaf)| Turn { key: (it.clone(), new.id.clone()), leaf: Some(*leaf) }),
            );
            put.push(written);
        }
        ledger.turn(turns);
        Change { put, removed }
    }

    /// Returns the categories of the entries that are new or say something
    /// else.
    pub(crate) fn bound(&self) -> Scope {
        Scope::Only(self.put.iter().flat_map(|it| it.entry.categories.iter().cloned()).collect())
    }

    /// Returns the body of the record, under its details and header.
    pub(crate) fn body(&self, issued: &IssuedForm) -> Vec<u8> {
        let put: Vec<&[u8]> = self.put.iter().map(|it| it.bytes.as_slice()).collect();
        let removed: Vec<&str> = self.removed.iter().map(EntryId::as_str).collect();
        let (put, removed) = (put.join(&b','), canonical_form(&removed));
        let (details, header) = (canonical_form(&issued.details), canonical_form(&issued.header));
        let terms = canonical_form(&issued.terms);
        let start = b"{\"revision\":{\"details\":".as_slice();
        [
            start,
            &details,
            b",\"header\":",
            &header,
            b",\"put\":[",
            &put,
            b"],\"removed\":",
            &removed,
            b",\"terms\":",
            &terms,
            b"}}",
        ]
        .concat()
    }
}

fn gone(category: &CategoryId, id: &EntryId) -> Turn<(CategoryId, EntryId)> {
    Turn { key: (category.clone(), id.clone()), leaf: None }
}
