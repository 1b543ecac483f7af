//! The view of a journal in sled.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};
use sled::Transactional;
use sled::transaction::{ConflictableTransactionError, TransactionError};

use crate::canon::{CategoriesForm, Chains, EntryForm, IssuedForm, PlacesForm, VocabularyForm};
use crate::model::{Entries, Hash, Head, Issued, List, ListId, Lists, State};
use crate::store::{Unreadable, decode, encode, entry};

/// The layout of the values. A store of another layout is rebuilt.
const LAYOUT: u32 = 5;

const POSITION: &str = "position";

/// So many records are taken in with one transaction.
const MOST_AT_ONCE: u64 = 1000;

/// The view of a journal.
#[derive(Debug)]
pub struct Store {
    db: sled::Db,
    /// `position`.
    meta: sled::Tree,
    /// The latest releases, by kind.
    releases: sled::Tree,
    /// Headers and what changed in the entries, by list and sequence.
    revisions: sled::Tree,
}

/// What a store looked like that was brought up to its journal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Caught {
    /// It was of this journal, and perhaps behind.
    Up,
    /// It viewed another journal, and was filled anew.
    Other,
    /// It was empty, and was filled.
    Empty,
}

/// Why a store cannot be used. It can always be thrown away and rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("another process has the store open")]
    Held,
    /// It is of another layout: what is in it would only take room.
    #[error("the store is of another version")]
    Layout,
    /// It cannot be read.
    #[error("the store cannot be read")]
    Unreadable(#[from] Unreadable),
    /// Its folder cannot be written.
    #[error("the store's folder cannot be written")]
    Io(#[from] std::io::Error),
    /// It was rebuilt, and does not say what the journal says. The one before
    /// is still there.
    #[error("the rebuilt store differs from the journal, and the one before was kept")]
    Differs,
    /// sled failed.
    #[error("the store failed")]
    Sled(#[source] sled::Error),
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> StoreError {
        // sled reports a held lock as any other error, with this in it.
        if let sled::Error::Io(io) = &error
            && (io.kind() == std::io::ErrorKind::WouldBlock || io.to_string().contains("could not acquire lock"))
        {
            return StoreError::Held;
        }
        StoreError::Sled(error)
    }
}

/// Which journal the store views, and how far.
#[derive(Debug, Deserialize, Serialize)]
struct PositionForm {
    layout: u32,
    origin: String,
    size: u64,
    head: [u8; 32],
}

/// A revision as what changed against the one before it.
#[derive(Deserialize, Serialize)]
struct StoredRevision {
    hash: [u8; 32],
    issued: IssuedForm,
    put: Vec<EntryForm>,
    removed: Vec<String>,
}

impl Store {
    /// Opens the store in a folder, making it if there is none.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        let db = sled::Config::new().path(folder).mode(sled::Mode::LowSpace).open()?;
        let tree = |name| db.open_tree(name);
        let (meta, releases, revisions) = (tree("meta")?, tree("releases")?, tree("revisions")?);
        Ok(Store { db, meta, releases, revisions })
    }

    /// Removes a store that cannot be read, if there is one.
    pub fn remove(folder: &Path) -> std::io::Result<()> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => std::fs::remove_file(folder),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns how far the store is; `None` where it is empty or of another
    /// layout.
    pub fn position(&self) -> Result<Option<Head>, StoreError> {
        let Some(bytes) = self.meta.get(POSITION)? else { return Ok(None) };
        let form: PositionForm = decode(&bytes)?;
        let head = Head { origin: form.origin, size: form.size, hash: Hash(form.head) };
        Ok((form.layout == LAYOUT).then_some(head))
    }

    /// Brings the store up to the chains: value and position in one
    /// transaction. What views another journal is thrown away first.
    pub fn catch_up(&self, chains: &Chains) -> Result<Caught, StoreError> {
        let Some(head) = chains.position() else { return Ok(Caught::Up) };
        let position = self.position()?;
        if position.is_none() && self.meta.contains_key(POSITION)? {
            return Err(StoreError::Layout);
        }
        let is_ours = |it: &Head| it.size.checked_sub(1).and_then(|index| chains.hash_of(index)) == Some(it.hash);
        let (known, missing) = match &position {
            Some(it) if *it == head => return Ok(Caught::Up),
            Some(it) if is_ours(it) => (it.size, self.missing(chains)?),
            Some(_) | None => (0, None),
        };
        let caught = match (&missing, position) {
            (Some(_), _) => Caught::Up,
            (None, Some(_)) => Caught::Other,
            (None, None) => Caught::Empty,
        };
        let missing = match missing {
            Some(missing) => missing,
            None => {
                self.clear()?;
                chains.lists().values().map(|it| (it.as_ref(), 0)).collect()
            }
        };
        if MOST_AT_ONCE < chains.size() - known {
            // Without a position what is there is nothing, if this stops.
            self.meta.remove(POSITION)?;
        }
        self.write(chains, &head, &missing)?;
        self.flush()?;
        Ok(caught)
    }

    /// Returns the lists of which revisions are missing, with how many are
    /// there; `None` where those that are there are other ones.
    fn missing<'c>(&self, chains: &'c Chains) -> Result<Option<Vec<(&'c List, usize)>>, StoreError> {
        let mut missing = Vec::new();
        for list in chains.lists().values() {
            let last = self.revisions.scan_prefix(key(&list.id, &[])).next_back().transpose()?;
            let Some((last, value)) = last else {
                missing.push((list.as_ref(), 0));
                continue;
            };
            let sequence = sequence_of(&last).ok_or_else(|| Unreadable("a revision's key".to_owned()))?;
            let stored: StoredRevision = decode(&value)?;
            match list.revisions.get(sequence) {
                Some(issued) if issued.hash.0 == stored.hash => {}
                Some(_) | None => return Ok(None),
            }
            if sequence + 1 < list.revisions.len() {
                missing.push((list.as_ref(), sequence + 1));
            }
        }
        Ok(Some(missing))
    }

    fn write(&self, chains: &Chains, head: &Head, missing: &[(&List, usize)]) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        let mut size = 0;
        for (list, from) in missing {
            let nothing = Entries::new();
            let before = from.checked_sub(1).and_then(|it| list.revisions.get(it));
            let mut before = before.map_or(&nothing, |it| &it.revision.entries);
            for issued in list.revisions.iter().skip(*from) {
                if size == MOST_AT_ONCE {
                    self.revisions.apply_batch(std::mem::take(&mut batch))?;
                    size = 0;
                }
                let stored = StoredRevision::between(before, issued);
                batch.insert(key(&list.id, &issued.sequence.to_be_bytes()), encode(&stored));
                before = &issued.revision.entries;
                size += 1;
            }
        }
        let releases = releases_of(chains);
        let position = PositionForm { layout: LAYOUT, origin: head.origin.clone(), size: head.size, head: head.hash.0 };
        let trees = (&self.meta, &self.releases, &self.revisions);
        let result = trees.transaction(|(meta, releases_tree, revisions)| {
            releases_tree.apply_batch(&releases)?;
            revisions.apply_batch(&batch)?;
            meta.insert(POSITION, encode(&position))?;
            Ok::<_, ConflictableTransactionError<std::convert::Infallible>>(())
        });
        result.map_err(|error| match error {
            TransactionError::Storage(error) => StoreError::from(error),
            TransactionError::Abort(never) => match never {},
        })
    }

    /// Throws everything away.
    fn clear(&self) -> Result<(), StoreError> {
        // The position goes first: without it the rest is nothing.
        for tree in [&self.meta, &self.releases, &self.revisions] {
            tree.clear()?;
        }
        Ok(())
    }

    /// Hands what was written to the operating system. It need not survive a
    /// loss of power: the journal does.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.db.flush()?;
        Ok(())
    }

    /// Reads the whole state.
    pub fn load(&self) -> Result<Option<State>, StoreError> {
        let Some(head) = self.position()? else { return Ok(None) };
        let (Some(categories), Some(facts), Some(places)) =
            (self.releases.get("categories")?, self.releases.get("facts")?, self.releases.get("jurisdictions")?)
        else {
            return Ok(None);
        };
        let unreadable = |it: crate::canon::NotCanonical| Unreadable(it.to_string());
        Ok(Some(State {
            head,
            categories: decode::<CategoriesForm>(&categories)?.read().map_err(unreadable)?,
            vocabulary: decode::<VocabularyForm>(&facts)?.read().map_err(unreadable)?,
            places: decode::<PlacesForm>(&places)?.read().map_err(unreadable)?,
            lists: self.load_lists()?,
        }))
    }

    fn load_lists(&self) -> Result<Lists, StoreError> {
        let mut lists: Lists = BTreeMap::new();
        for item in &self.revisions {
            let (_, value) = item?;
            let stored: StoredRevision = decode(&value)?;
            let mut issued = stored.issued.read_issued(Hash(stored.hash)).map_err(|it| Unreadable(it.to_string()))?;
            let id = issued.revision.list.clone();
            let list = lists.entry(id.clone()).or_insert_with(|| Arc::new(List { id, revisions: Vec::new() }));
            if issued.sequence != list.revisions.len() as u64 {
                return Err(Unreadable("a revision is missing".to_owned()).into());
            }
            let mut entries = list.revisions.last().map(|it| it.revision.entries.clone()).unwrap_or_default();
            for id in &stored.removed {
                entries.remove(id.as_str()).ok_or_else(|| Unreadable("an entry is missing".to_owned()))?;
            }
            for form in stored.put {
                let entry = entry(form)?;
                entries.insert(entry.id.clone(), entry);
            }
            issued.revision.entries = entries;
            Arc::make_mut(list).revisions.push(issued);
        }
        Ok(lists)
    }
}

impl StoredRevision {
    fn between(before: &Entries, issued: &Issued) -> StoredRevision {
        let (mut put, mut removed) = (Vec::new(), Vec::new());
        for change in before.diff(&issued.revision.entries) {
            match change {
                DiffItem::Add(_, entry) | DiffItem::Update { new: (_, entry), .. } => {
                    put.push(EntryForm::from(entry.as_ref()));
                }
                DiffItem::Remove(id, _) => removed.push(id.to_string()),
            }
        }
        let form = IssuedForm::bare(&issued.revision, issued.sequence, issued.previous);
        StoredRevision { hash: issued.hash.0, issued: form, put, removed }
    }
}

/// Returns what the latest releases are stored as.
fn releases_of(chains: &Chains) -> sled::Batch {
    let mut batch = sled::Batch::default();
    if let Some((categories, vocabulary, places)) = chains.words() {
        batch.insert("categories", encode(&CategoriesForm::from(categories)));
        batch.insert("facts", encode(&VocabularyForm::from(vocabulary)));
        batch.insert("jurisdictions", encode(&PlacesForm::from(places)));
    }
    batch
}

/// Returns the sequence at the end of a revision's key.
fn sequence_of(key: &[u8]) -> Option<usize> {
    let (_, sequence) = key.split_last_chunk::<8>()?;
    usize::try_from(u64::from_be_bytes(*sequence)).ok()
}

/// No list has a zero byte in its name.
fn key(list: &ListId, rest: &[u8]) -> Vec<u8> {
    [list.as_str().as_bytes(), &[0], rest].concat()
}
