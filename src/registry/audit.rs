//! Looking a registry over, from the first byte to the last.

use std::path::Path;
use std::sync::Arc;

use imbl::ordmap::DiffItem;

use crate::canon::Chains;
use crate::journal::{self, RealDisk};
use crate::model::{Entries, Entry, EntryId, Head, List};
use crate::registry::open::{INDEX, OpenError, STORE, damaged};
use crate::store::{Store, StoreError, index};

/// What an audit found. Everything in the journal checks; the views are
/// rebuildable, and what is wrong with them is only said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Audit {
    /// Which registry, and how far.
    pub head: Head,
    /// How many lists it holds.
    pub lists: usize,
    /// How many revisions these have.
    pub revisions: usize,
    /// How many entries its records add or replace, each of which was hashed and
    /// compared.
    pub entry_versions: usize,
    /// Whether half of the checkpoint cannot be read: it was being written, or
    /// it went bad. Whoever opens the registry for writing writes it anew.
    pub is_half_covered: bool,
    /// What is wrong with the views.
    pub views: Vec<String>,
}

/// Returns the chains of a registry, every record of which was verified.
pub fn chains(root: &Path) -> Result<Chains, OpenError> {
    journal::read_folder(&RealDisk::new(root)).map_err(|it| damaged(root, it))
}

/// Verifies every record of a registry's journal against its chain and the
/// checkpoint, and compares the views with it. Changes nothing.
pub fn audit(root: &Path) -> Result<Audit, OpenError> {
    if root.is_file() {
        return Err(OpenError::File(root.to_owned()));
    }
    let disk = RealDisk::new(root);
    let is_half_covered = journal::read_checkpoint(&disk).map_err(|it| damaged(root, it))?.is_damaged;
    let chains = journal::read_folder(&disk).map_err(|it| damaged(root, it))?;
    let state = chains.state().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    let mut views = Vec::new();
    match index::read(&root.join(INDEX), &state.head) {
        Ok(indexed) if indexed == state => {}
        Ok(_) => views.push("the index file differs from the journal".to_owned()),
        Err(error) => views.push(error.to_string()),
    }
    let folder = root.join(STORE);
    if folder.exists() {
        match Store::open(&folder).and_then(|it| it.load()) {
            Ok(Some(stored)) if stored == state => {}
            Ok(Some(stored)) if stored.head == state.head => {
                views.push("the store differs from the journal".to_owned());
            }
            Ok(_) => views.push("the store is behind the journal".to_owned()),
            Err(StoreError::Held) => {
                views.push("the store is held by another process, and was not looked at".to_owned());
            }
            Err(error) => views.push(error.to_string()),
        }
    } else {
        views.push("there is no store".to_owned());
    }
    let revisions = state.lists.values().map(|it| it.revisions.len()).sum();
    let entry_versions = state.lists.values().map(|it| entry_versions(it)).sum();
    Ok(Audit { lists: state.lists.len(), revisions, head: state.head, entry_versions, is_half_covered, views })
}

fn entry_versions(list: &List) -> usize {
    let nothing = Entries::new();
    let before = std::iter::once(&nothing).chain(list.revisions.iter().map(|it| &it.revision.entries));
    let steps = before.zip(list.revisions.iter().map(|it| &it.revision.entries));
    let is_put = |it: &DiffItem<'_, '_, EntryId, Arc<Entry>>| match it {
        DiffItem::Add(..) | DiffItem::Update { .. } => true,
        DiffItem::Remove(..) => false,
    };
    steps.map(|(before, after)| before.diff(after).filter(is_put).count()).sum()
}
