//! The view of a journal in sled.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sled::Transactional;
use sled::transaction::{ConflictableTransactionError, TransactionError};

use crate::canon::{
    CategoriesForm, Chains, EntryForm, HeaderForm, PlacesForm, Publication, Record, VocabularyForm, entry_hash,
};
use crate::model::{Entry, Hash, Head, ListId, Lists, State};
use crate::store::{Unreadable, add, decode, encode, entry};

/// The layout of the values. A store of another layout is rebuilt.
const LAYOUT: u32 = 3;

const POSITION: &str = "position";

/// The view of a journal.
#[derive(Debug)]
pub struct Store {
    db: sled::Db,
    /// `position`.
    meta: sled::Tree,
    /// The latest releases, by kind.
    releases: sled::Tree,
    /// Headers and the hashes of their entries, by list and sequence.
    revisions: sled::Tree,
    /// Entries, by hash.
    entries: sled::Tree,
    /// For each list and category, which entries stood there from which
    /// sequence on; only the changes.
    timelines: sled::Tree,
}

/// Why a store cannot be used. It can always be thrown away and rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("another process has the store open")]
    Held,
    /// It cannot be read.
    #[error("the store cannot be read")]
    Unreadable(#[from] Unreadable),
    /// The journal that it views could not be read again.
    #[error("the journal could not be read for the store")]
    Journal(#[source] std::io::Error),
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

#[derive(Deserialize, Serialize)]
struct StoredRevision {
    hash: [u8; 32],
    header: HeaderForm,
    entries: Vec<[u8; 32]>,
}

/// From which sequence on which entries stand under a category.
type Timeline = Vec<(u64, Vec<[u8; 32]>)>;

impl Store {
    /// Opens the store in a folder, making it if there is none.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        let db = sled::Config::new().path(folder).mode(sled::Mode::LowSpace).open()?;
        let tree = |name| db.open_tree(name);
        let (meta, releases, revisions) = (tree("meta")?, tree("releases")?, tree("revisions")?);
        let (entries, timelines) = (tree("entries")?, tree("timelines")?);
        Ok(Store { db, meta, releases, revisions, entries, timelines })
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

    /// Takes the record after its position in: value and position in one
    /// transaction. `chains` have the record, and perhaps more.
    pub fn apply(&self, record: &Record, chains: &Chains) -> Result<(), StoreError> {
        let batches = Batches::of(record, chains, self)?;
        let origin = match record.publication() {
            Publication::Origin(origin) => origin.name.clone(),
            Publication::Authority(_)
            | Publication::Categories(_)
            | Publication::Facts(_)
            | Publication::Jurisdictions(_)
            | Publication::Revision(_) => chains.origin().unwrap_or_default().to_owned(),
        };
        let position = PositionForm { layout: LAYOUT, origin, size: record.index() + 1, head: record.hash().0 };
        let trees = (&self.meta, &self.releases, &self.revisions, &self.entries, &self.timelines);
        let result = trees.transaction(|(meta, releases, revisions, entries, timelines)| {
            releases.apply_batch(&batches.releases)?;
            revisions.apply_batch(&batches.revisions)?;
            entries.apply_batch(&batches.entries)?;
            timelines.apply_batch(&batches.timelines)?;
            meta.insert(POSITION, encode(&position))?;
            Ok::<_, ConflictableTransactionError<std::convert::Infallible>>(())
        });
        result.map_err(|error| match error {
            TransactionError::Storage(error) => StoreError::from(error),
            TransactionError::Abort(never) => match never {},
        })
    }

    /// Throws everything away.
    pub fn clear(&self) -> Result<(), StoreError> {
        // The position goes first: without it the rest is nothing.
        for tree in [&self.meta, &self.releases, &self.revisions, &self.entries, &self.timelines] {
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
        let mut entries: HashMap<[u8; 32], Arc<Entry>> = HashMap::new();
        for item in &self.entries {
            let (key, value) = item?;
            let key: [u8; 32] = key.as_ref().try_into().map_err(|_| Unreadable("an entry's key".to_owned()))?;
            entries.insert(key, entry(decode::<EntryForm>(&value)?)?);
        }
        let mut lists: Lists = BTreeMap::new();
        for item in &self.revisions {
            let (_, value) = item?;
            let stored: StoredRevision = decode(&value)?;
            let of_revision = stored.entries.iter().map(|it| entries.get(it).cloned());
            let of_revision: Option<Vec<_>> = of_revision.collect();
            let of_revision = of_revision.ok_or_else(|| Unreadable("an entry is missing".to_owned()))?;
            let issued = stored.header.read_issued(Hash(stored.hash)).map_err(|it| Unreadable(it.to_string()))?;
            add(&mut lists, issued, &of_revision);
        }
        Ok(lists)
    }
}

/// What one record changes.
#[derive(Default)]
struct Batches {
    releases: sled::Batch,
    revisions: sled::Batch,
    entries: sled::Batch,
    timelines: sled::Batch,
}

impl Batches {
    fn of(record: &Record, chains: &Chains, store: &Store) -> Result<Batches, StoreError> {
        let mut batches = Batches::default();
        match record.publication() {
            // Answers do not depend on who may publish: the journal has that.
            Publication::Origin(_) | Publication::Authority(_) => {}
            Publication::Categories(release) => {
                batches.releases.insert("categories", encode(&CategoriesForm::from(release)));
            }
            Publication::Facts(release) => batches.releases.insert("facts", encode(&VocabularyForm::from(release))),
            Publication::Jurisdictions(release) => {
                batches.releases.insert("jurisdictions", encode(&PlacesForm::from(release)));
            }
            Publication::Revision(revision) => batches.revision(record, revision, chains, store)?,
        }
        Ok(batches)
    }

    fn revision(
        &mut self,
        record: &Record,
        revision: &crate::model::Revision,
        chains: &Chains,
        store: &Store,
    ) -> Result<(), StoreError> {
        let issued = chains.lists().get(&revision.list).into_iter().flat_map(|it| it.revisions.iter().rev());
        let issued = issued.clone().find(|it| it.hash == record.digest());
        let issued = issued.ok_or_else(|| Unreadable("a revision is not in its chain".to_owned()))?;
        let sequence = issued.sequence;
        let header = HeaderForm::bare(revision, sequence, issued.previous);
        let hashes: Vec<_> = revision.entries.values().map(|it| (entry_hash(it), it)).collect();
        for (hash, entry) in &hashes {
            if !store.entries.contains_key(hash.0)? {
                self.entries.insert(hash.0.as_slice(), encode(&EntryForm::from(entry.as_ref())));
            }
        }
        for (category, now) in by_category(&hashes) {
            let key = key(&revision.list, category.as_bytes());
            let mut timeline: Timeline = match store.timelines.get(&key)? {
                Some(bytes) => decode(&bytes)?,
                None => Vec::new(),
            };
            if timeline.last().map(|(_, it)| it) != Some(&now) {
                timeline.push((sequence, now));
                self.timelines.insert(key, encode(&timeline));
            }
        }
        let stored =
            StoredRevision { hash: record.digest().0, header, entries: hashes.iter().map(|(it, _)| it.0).collect() };
        self.revisions.insert(key(&revision.list, &sequence.to_be_bytes()), encode(&stored));
        Ok(())
    }
}

fn by_category<'a>(hashes: &[(Hash, &'a Arc<Entry>)]) -> BTreeMap<&'a str, Vec<[u8; 32]>> {
    let mut by_category: BTreeMap<&str, Vec<[u8; 32]>> = BTreeMap::new();
    for (hash, entry) in hashes {
        for category in &entry.categories {
            by_category.entry(category.as_str()).or_default().push(hash.0);
        }
    }
    by_category
}

/// No list has a zero byte in its name.
fn key(list: &ListId, rest: &[u8]) -> Vec<u8> {
    [list.as_str().as_bytes(), &[0], rest].concat()
}
