//! The lines of a journal by their numbers, without holding them in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::journal::RealDisk;
use crate::journal::folder::segments;

/// Where each line of a journal lies. Lines never move: what was found once is
/// right for as long as the journal is there.
#[derive(Debug)]
pub struct JournalLines {
    root: PathBuf,
    segments: Vec<String>,
    /// For each line its segment, and where it begins and ends there.
    places: Vec<(usize, u64, u64)>,
}

impl JournalLines {
    /// Finds the first so many lines of the journal in a registry's folder, or
    /// as many as there are.
    pub fn find(root: &Path, size: u64) -> io::Result<JournalLines> {
        let segments = segments(&RealDisk::new(root))?;
        let mut lines = JournalLines { root: root.to_owned(), segments, places: Vec::new() };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        for (number, name) in lines.segments.iter().enumerate() {
            let mut file = BufReader::new(File::open(root.join(name))?);
            let (mut start, mut line) = (0, Vec::new());
            while lines.places.len() < size && file.read_until(b'\n', &mut line)? != 0 && line.ends_with(b"\n") {
                let end = start + line.len() as u64;
                lines.places.push((number, start, end));
                start = end;
                line.clear();
            }
        }
        Ok(lines)
    }

    /// Returns how many lines were found.
    pub fn size(&self) -> u64 {
        self.places.len() as u64
    }

    /// Reads lines as they stand there, each with its end; `None` where there
    /// are not as many.
    pub fn read(&self, numbers: Range<u64>) -> io::Result<Option<Vec<u8>>> {
        let range = usize::try_from(numbers.start).ok().zip(usize::try_from(numbers.end).ok());
        let Some(places) = range.and_then(|(start, end)| self.places.get(start..end)) else { return Ok(None) };
        let mut bytes = Vec::new();
        for run in places.chunk_by(|one, next| one.0 == next.0) {
            let (Some((segment, start, _)), Some((_, _, end))) = (run.first(), run.last()) else { continue };
            let name = self.segments.get(*segment).ok_or(io::ErrorKind::NotFound)?;
            let mut file = File::open(self.root.join(name))?;
            file.seek(SeekFrom::Start(*start))?;
            let wanted = end - start;
            let read = file.take(wanted).read_to_end(&mut bytes)?;
            if read as u64 != wanted {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Some(bytes))
    }
}
