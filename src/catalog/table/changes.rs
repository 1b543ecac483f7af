//! What a table changes, for somebody to look at before it is written.

use std::sync::Arc;

use crate::catalog::table::cells::cell;
use crate::catalog::table::column::Column;
use crate::model::{Entries, Entry, EntryId, Language, Vocabulary};

/// What changes from some entries to others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// Those that are new.
    pub added: Vec<Arc<Entry>>,
    /// Those that are gone.
    pub removed: Vec<Arc<Entry>>,
    /// Those that say something else.
    pub changed: Vec<Changed>,
    /// How many stay as they are.
    pub unchanged: usize,
}

/// An entry that says something else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// The entry.
    pub id: EntryId,
    /// In which columns, with what stood there and what stands there now.
    pub cells: Vec<(Column, String, String)>,
}

impl Changes {
    /// Returns whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares entries, by id.
pub fn changes(before: &Entries, after: &Entries, vocabulary: &Vocabulary, language: Language) -> Changes {
    let mut changes = Changes::default();
    changes.removed.extend(before.values().filter(|it| !after.contains_key(&it.id)).cloned());
    for now in after.values() {
        match before.get(&now.id) {
            None => changes.added.push(Arc::clone(now)),
            Some(it) if it == now => changes.unchanged += 1,
            Some(it) => {
                let say = |entry: &Entry, column| cell(entry, column, vocabulary, language);
                let cells = Column::ALL.into_iter().map(|column| (column, say(it, column), say(now, column)));
                let cells = cells.filter(|(_, before, after)| before != after).collect();
                changes.changed.push(Changed { id: now.id.clone(), cells });
            }
        }
    }
    changes
}
