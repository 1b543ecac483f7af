//! Files that people write, read within limits: whoever sends a folder may put a
//! link into it that leads to what never ends.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// A text that is longer is refused: as much as a draft may have that is sent
/// over HTTP, and a hundred times the longest of the catalog.
pub const MOST_TEXT: u64 = 64 << 20;

/// Reads a file of the catalog, or a draft.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_within(path, MOST_TEXT)?;
    String::from_utf8(bytes).map_err(|it| io::Error::new(io::ErrorKind::InvalidData, it.utf8_error().to_string()))
}

/// Reads a text that stands in a folder, where only a file is one.
pub(super) fn read_text_of_folder(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    read_text(path)
}

/// Reads a file, if it has no more than so many bytes.
pub fn read_within(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if most < bytes.len() as u64 {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MB", most >> 20)));
    }
    Ok(bytes)
}
