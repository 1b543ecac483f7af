//! Writing the file: aside, synced, renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::model::State;
use crate::store::encode;
use crate::store::index::block::{write_list, write_words};
use crate::store::index::{Directory, MAGIC, Place};

/// Writes the index of a state. A crash leaves the old file or the new one,
/// and perhaps one aside that nobody reads.
pub fn write(path: &Path, state: &State) -> io::Result<()> {
    let mut blocks = Vec::new();
    let mut end = 0;
    let mut add = |block: Vec<u8>| {
        let (offset, length) = (end, block.len() as u64);
        end += length;
        let checksum = blake3::hash(&block).into();
        blocks.push(block);
        Place { offset, length, checksum }
    };
    let words = add(write_words(state));
    let lists = state.lists.values().map(|it| (it.id.to_string(), add(write_list(it)))).collect();
    let head = &state.head;
    let directory = Directory { origin: head.origin.clone(), size: head.size, head: head.hash.0, words, lists };
    let directory = encode(&directory);
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = BufWriter::new(File::create(&aside)?);
    file.write_all(MAGIC)?;
    file.write_all(&(directory.len() as u64).to_le_bytes())?;
    file.write_all(blake3::hash(&directory).as_bytes())?;
    file.write_all(&directory)?;
    for block in blocks {
        file.write_all(&block)?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(aside, path)
}
