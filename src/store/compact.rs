//! Building a store anew beside the old one, and putting it in its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::canon::Chains;
use crate::store::view::{Store, StoreError};

impl Store {
    /// Builds a store of these chains aside, reads it back, and puts it where
    /// the old one is, which nobody must have open. Returns how many bytes the
    /// two take. A stop in the midst of it leaves the old one, or none.
    pub fn rebuild(folder: &Path, chains: &Chains) -> Result<(u64, u64), StoreError> {
        Store::tidy(folder)?;
        let (new, old) = (beside(folder, "new"), beside(folder, "old"));
        let store = Store::open(&new)?;
        store.catch_up(chains)?;
        close(store, &new)?;
        let store = Store::open(&new)?;
        let is_same = store.load()? == chains.state();
        close(store, &new)?;
        if !is_same {
            Store::remove(&new)?;
            return Err(StoreError::Differs);
        }
        let sizes = (size_of(folder)?, size_of(&new)?);
        if folder.exists() {
            fs::rename(folder, &old)?;
        }
        // A stop here leaves none, and the next writer makes one.
        fs::rename(&new, folder)?;
        Store::remove(&old)?;
        Ok(sizes)
    }

    /// Removes what a rebuilding that was stopped has left.
    pub fn tidy(folder: &Path) -> io::Result<()> {
        Store::remove(&beside(folder, "new"))?;
        Store::remove(&beside(folder, "old"))
    }
}

/// Closes a store that nobody else has open, and waits until it is closed:
/// sled's own threads may hold it for a while after it is dropped.
fn close(store: Store, folder: &Path) -> io::Result<()> {
    drop(store);
    File::open(folder.join("db"))?.lock()
}

fn beside(folder: &Path, what: &str) -> PathBuf {
    folder.with_extension(what)
}

fn size_of(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(it) if !it.is_dir() => return Ok(it.len()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    }
    let mut size = 0;
    for entry in fs::read_dir(path)? {
        size += size_of(&entry?.path())?;
    }
    Ok(size)
}
