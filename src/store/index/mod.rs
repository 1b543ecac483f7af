//! The index of one head in one file, written aside and renamed.
//!
//! Readers need no lock and no sled: they take the file if it belongs to the
//! journal's head and is whole, and fall back otherwise. It begins with a
//! directory; words and lists lie behind it in blocks, each with a checksum of
//! its own, so that who asks one question reads what that question can touch
//! and nothing else.

mod block;
mod read;
mod write;

pub use read::{Choice, IndexFile};
pub use write::write;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::{Head, State};

/// The file begins with this; another layout gets another line.
const MAGIC: &[u8] = b"neglist index 5\n";

/// What the file holds, and where.
#[derive(Debug, Deserialize, Serialize)]
struct Directory {
    origin: String,
    size: u64,
    head: [u8; 32],
    /// Releases of categories, facts and places.
    words: Place,
    /// Lists, by id.
    lists: Vec<(String, Place)>,
}

impl Directory {
    /// Returns where the last block ends, in bytes from the end of the
    /// directory; `None` of numbers that no file has.
    fn end(&self) -> Option<u64> {
        let mut places = self.lists.iter().map(|(_, it)| it).chain([&self.words]);
        places.try_fold(0, |end: u64, it| Some(end.max(it.offset.checked_add(it.length)?)))
    }
}

/// Where a block lies, and what it must be.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Place {
    /// In bytes from the end of the directory.
    offset: u64,
    length: u64,
    checksum: [u8; 32],
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

/// Reads the whole state of a head.
pub fn read(path: &Path, head: &Head) -> Result<State, IndexError> {
    IndexFile::open(path, head)?.state()
}
