//! A file, a chunk of whole records at a time.

use std::io::{self, Read};

use crate::batch::MOST_BYTES;
use crate::batch::records::Kind;

/// What the programs of an office put in front of a table in UTF-8.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The chunks of a file.
#[derive(Debug)]
pub(crate) struct Chunks<R> {
    source: R,
    kind: Kind,
    /// How many bytes a chunk has, or a few more to end a record.
    size: u64,
    /// Whether nothing has been read yet.
    is_new: bool,
    /// The beginning of a record that has not ended.
    rest: Vec<u8>,
    /// Why no more can be read. It is said when all before it has been handed
    /// out.
    error: Option<io::Error>,
}

impl<R: Read> Chunks<R> {
    /// Reads records of a kind.
    pub(crate) fn new(source: R, kind: Kind, size: usize) -> Chunks<R> {
        Chunks { source, kind, size: size as u64, is_new: true, rest: Vec::new(), error: None }
    }

    /// Returns what the records are.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Puts back what was not used of a chunk. It must be followed by what
    /// followed the chunk.
    pub(crate) fn put_back(&mut self, bytes: &[u8]) {
        self.rest.splice(..0, bytes.iter().copied());
    }

    /// Puts the next whole records in place of what is in the chunk; nothing
    /// at the end of the file.
    ///
    /// A record that is too long may come without its end.
    pub(crate) fn fill(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        chunk.clear();
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if std::mem::take(&mut self.is_new) && self.kind == Kind::Row {
            self.pass_mark()?;
        }
        std::mem::swap(chunk, &mut self.rest);
        loop {
            let wanted = self.size.saturating_sub(chunk.len() as u64).max(self.size.min(1 << 16));
            let read = self.source.by_ref().take(wanted).read_to_end(chunk);
            let is_end = matches!(read, Ok(read) if (read as u64) < wanted);
            if is_end {
                return Ok(());
            }
            let end = self.kind.last_end(chunk);
            if let Err(error) = read {
                chunk.truncate(end);
                self.error = Some(error);
                // A chunk that is empty would be the end of the file.
                return if end == 0 { self.error.take().map_or(Ok(()), Err) } else { Ok(()) };
            }
            if end != 0 {
                self.rest.extend_from_slice(chunk.get(end..).unwrap_or_default());
                chunk.truncate(end);
                return Ok(());
            }
            if MOST_BYTES < chunk.len() {
                return Ok(());
            }
        }
    }

    /// Passes over the mark, where there is one.
    fn pass_mark(&mut self) -> io::Result<()> {
        self.source.by_ref().take(MARK.len() as u64).read_to_end(&mut self.rest)?;
        if self.rest == MARK {
            self.rest.clear();
        }
        Ok(())
    }
}
