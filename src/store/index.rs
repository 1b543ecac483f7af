//! The state of one head in one file, written aside and renamed.
//!
//! Readers need no lock and no sled: they take the file if it belongs to the
//! journal's head and is whole, and fall back otherwise.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::canon::{CategoriesForm, EntryForm, HeaderForm, PlacesForm, VocabularyForm};
use crate::model::{Entry, Hash, Head, Lists, State};
use crate::store::{Unreadable, add, decode, encode, entry};

/// The file begins with this; another layout gets another line.
const MAGIC: &[u8] = b"neglist index 3\n";

#[derive(Deserialize, Serialize)]
struct IndexForm {
    origin: String,
    size: u64,
    head: [u8; 32],
    categories: CategoriesForm,
    vocabulary: VocabularyForm,
    places: PlacesForm,
    /// Every entry once.
    entries: Vec<EntryForm>,
    revisions: Vec<RevisionForm>,
}

#[derive(Deserialize, Serialize)]
struct RevisionForm {
    hash: [u8; 32],
    header: HeaderForm,
    /// Positions in the entries.
    entries: Vec<u32>,
}

/// Why an index file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is none.
    #[error("there is no index file")]
    Missing,
    /// It belongs to another head than the journal's.
    #[error("the index file belongs to another head")]
    Stale,
    /// It is damaged, or of another layout.
    #[error("the index file is damaged or of another version")]
    Damaged,
}

/// Writes the index of a state: aside, synced, renamed.
pub fn write(path: &Path, state: &State) -> io::Result<()> {
    let payload = encode(&IndexForm::from(state));
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = File::create(&aside)?;
    file.write_all(MAGIC)?;
    file.write_all(blake3::hash(&payload).as_bytes())?;
    file.write_all(&payload)?;
    file.sync_all()?;
    drop(file);
    fs::rename(aside, path)
}

/// Reads the index of a head.
pub fn read(path: &Path, head: &Head) -> Result<State, IndexError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(IndexError::Missing),
        Err(_) => return Err(IndexError::Damaged),
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or(IndexError::Damaged)?;
    let (checksum, payload) = rest.split_at_checked(32).ok_or(IndexError::Damaged)?;
    if blake3::hash(payload).as_bytes() != checksum {
        return Err(IndexError::Damaged);
    }
    let form: IndexForm = decode(payload).map_err(|_| IndexError::Damaged)?;
    if form.size != head.size || form.head != head.hash.0 || form.origin != head.origin {
        return Err(IndexError::Stale);
    }
    form.read().map_err(|_| IndexError::Damaged)
}

impl From<&State> for IndexForm {
    fn from(state: &State) -> IndexForm {
        let mut positions: HashMap<*const Entry, u32> = HashMap::new();
        let mut entries = Vec::new();
        let mut revisions = Vec::new();
        for issued in state.lists.values().flat_map(|it| &it.revisions) {
            let mut of_revision = Vec::new();
            for entry in issued.revision.entries.values() {
                // Shared entries are the same allocation; one that is not
                // shared is only written twice.
                let position = *positions.entry(Arc::as_ptr(entry)).or_insert_with(|| {
                    entries.push(EntryForm::from(entry.as_ref()));
                    u32::try_from(entries.len() - 1).expect("because there are fewer than 2^32 entries")
                });
                of_revision.push(position);
            }
            let header = HeaderForm::bare(&issued.revision, issued.sequence, issued.previous);
            revisions.push(RevisionForm { hash: issued.hash.0, header, entries: of_revision });
        }
        IndexForm {
            origin: state.head.origin.clone(),
            size: state.head.size,
            head: state.head.hash.0,
            categories: (&state.categories).into(),
            vocabulary: (&state.vocabulary).into(),
            places: (&state.places).into(),
            entries,
            revisions,
        }
    }
}

impl IndexForm {
    fn read(self) -> Result<State, Unreadable> {
        let unreadable = |it: crate::canon::NotCanonical| Unreadable(it.to_string());
        let entries = self.entries.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let mut lists: Lists = BTreeMap::new();
        for form in self.revisions {
            let of_revision = form.entries.iter().map(|it| entries.get(*it as usize).cloned());
            let of_revision: Option<Vec<_>> = of_revision.collect();
            let of_revision = of_revision.ok_or_else(|| Unreadable("an entry is missing".to_owned()))?;
            let issued = form.header.read_issued(Hash(form.hash)).map_err(unreadable)?;
            add(&mut lists, issued, &of_revision);
        }
        Ok(State {
            head: Head { origin: self.origin, size: self.size, hash: Hash(self.head) },
            categories: self.categories.read().map_err(unreadable)?,
            vocabulary: self.vocabulary.read().map_err(unreadable)?,
            places: self.places.read().map_err(unreadable)?,
            lists,
        })
    }
}
