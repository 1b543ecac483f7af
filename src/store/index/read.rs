//! Reading the file: all of it, or what one question can touch.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::model::{CategoryId, Hash, Head, ListId, Lists, State};
use crate::store::index::block::{read_list, read_words};
use crate::store::index::{Directory, IndexError, MAGIC, Place};
use crate::store::{Unreadable, decode};

/// A directory is not longer than this.
const LONGEST_DIRECTORY: u64 = 1 << 28;

/// The index file of a head, of which the directory was read and is whole.
#[derive(Debug)]
pub struct IndexFile {
    file: File,
    /// How many bytes it has.
    size: u64,
    directory: Directory,
    /// Where the directory ends.
    start: u64,
}

/// What of the lists is wanted.
#[derive(Clone, Copy)]
pub struct Choice<'c> {
    /// These lists.
    pub list: &'c dyn Fn(&ListId) -> bool,
    /// Of them the entries that name one of these categories.
    pub category: &'c dyn Fn(&CategoryId) -> bool,
}

impl std::fmt::Debug for Choice<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Choice")
    }
}

impl IndexFile {
    /// Opens the index of a head.
    pub fn open(path: &Path, head: &Head) -> Result<IndexFile, IndexError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(IndexError::Missing),
            Err(_) => return Err(IndexError::Damaged),
        };
        let size = file.metadata().map_err(|_| IndexError::Damaged)?.len();
        let (directory, start) = read_directory(&file, size).ok_or(IndexError::Damaged)?;
        // Whatever is behind the last block is not ours, and a block that is cut
        // off need not be read to be missed.
        if Some(size) != directory.end().and_then(|it| start.checked_add(it)) {
            return Err(IndexError::Damaged);
        }
        if directory.size != head.size || directory.head != head.hash.0 || directory.origin != head.origin {
            return Err(IndexError::Stale);
        }
        Ok(IndexFile { file, size, directory, start })
    }

    /// Reads the whole state.
    pub fn state(&self) -> Result<State, IndexError> {
        let mut state = self.words()?;
        state.lists = self.lists(Choice { list: &|_| true, category: &|_| true })?;
        Ok(state)
    }

    /// Reads the state without its lists.
    pub fn words(&self) -> Result<State, IndexError> {
        let (categories, vocabulary, places) = read_words(&self.block(self.directory.words)?).map_err(damaged)?;
        let Directory { origin, size, head, .. } = &self.directory;
        let head = Head { origin: origin.clone(), size: *size, hash: Hash(*head) };
        Ok(State { head, categories, vocabulary, places, lists: Lists::new() })
    }

    /// Reads lists as far as they are wanted.
    pub fn lists(&self, choice: Choice<'_>) -> Result<Lists, IndexError> {
        let mut lists = Lists::new();
        for (id, place) in &self.directory.lists {
            let id: ListId = id.parse().map_err(|_| IndexError::Damaged)?;
            if !(choice.list)(&id) {
                continue;
            }
            let list = read_list(&self.block(*place)?, choice.category).map_err(damaged)?;
            if list.id != id {
                return Err(IndexError::Damaged);
            }
            lists.insert(id, Arc::new(list));
        }
        Ok(lists)
    }

    fn block(&self, place: Place) -> Result<Vec<u8>, IndexError> {
        let start = self.start.checked_add(place.offset).ok_or(IndexError::Damaged)?;
        let block = read_at(&self.file, self.size, start, place.length).ok_or(IndexError::Damaged)?;
        if blake3::hash(&block).as_bytes() == &place.checksum { Ok(block) } else { Err(IndexError::Damaged) }
    }
}

fn damaged(_: Unreadable) -> IndexError {
    IndexError::Damaged
}

fn read_directory(file: &File, size: u64) -> Option<(Directory, u64)> {
    let fixed = MAGIC.len() as u64 + 8 + 32;
    let head = read_at(file, size, 0, fixed)?;
    let (length, checksum) = head.strip_prefix(MAGIC)?.split_first_chunk()?;
    let length = u64::from_le_bytes(*length);
    let directory = read_at(file, size, fixed, length).filter(|_| length <= LONGEST_DIRECTORY)?;
    if blake3::hash(&directory).as_bytes() != checksum {
        return None;
    }
    Some((decode(&directory).ok()?, fixed + length))
}

/// Reads a part of a file that has so many bytes; `None` where it does not go
/// so far, before any room is made for it.
fn read_at(mut file: &File, size: u64, start: u64, length: u64) -> Option<Vec<u8>> {
    start.checked_add(length).filter(|it| *it <= size)?;
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    file.seek(SeekFrom::Start(start)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
