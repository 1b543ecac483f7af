//! Chunks answered on all cores, and written in order.

use std::io::{self, Read, Write};

use memchr::memchr_iter;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::batch::chunks::Chunks;
use crate::batch::records::Kind;

/// So many pieces for each thread, so that none waits long for the slowest.
const PIECES_A_THREAD: usize = 4;

/// Why a batch was not answered to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BatchError {
    /// A record is no record that could be read.
    #[error("{0}")]
    Refused(String),
    /// It could not be read, or not written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The threads that answer.
#[derive(Debug)]
pub(crate) struct Crew {
    pool: ThreadPool,
}

impl Crew {
    /// Starts so many threads, or one a core.
    pub(crate) fn new(jobs: Option<usize>) -> io::Result<Crew> {
        let pool = ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build();
        Ok(Crew { pool: pool.map_err(io::Error::other)? })
    }
}

/// Some whole records of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'c> {
    pub(crate) bytes: &'c [u8],
    /// The line on which they begin, from 1.
    pub(crate) line: u64,
}

/// What came of a piece.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// What is to be written.
    pub(crate) bytes: Vec<u8>,
    /// How many records could not be read.
    pub(crate) errors: u64,
    /// Why nothing behind this may be answered.
    pub(crate) refused: Option<String>,
}

/// How pieces are answered.
pub(crate) trait Work: Sync {
    /// Answers each record of a piece, in order.
    fn answer(&self, piece: Piece<'_>, answered: &mut Answered);
}

/// Answers all that is left of a file, of which so many lines have been read,
/// and returns how many records could not be read.
pub(crate) fn answer_all(
    chunks: &mut Chunks<impl Read>,
    lines: u64,
    work: &impl Work,
    crew: &Crew,
    tick: &dyn Fn(),
    out: &mut dyn Write,
) -> Result<u64, BatchError> {
    let parts = crew.pool.current_num_threads() * PIECES_A_THREAD;
    let (mut chunk, mut next) = (Vec::new(), Vec::new());
    let (mut answered, mut before) = (Vec::new(), Vec::new());
    let (mut line, mut errors) = (lines + 1, 0);
    chunks.fill(&mut chunk)?;
    while !chunk.is_empty() {
        let pieces = pieces(&chunk, chunks.kind(), parts, &mut line);
        answered.resize_with(pieces.len(), Answered::default);
        let (written, read) = crew.pool.in_place_scope(|scope| {
            for (piece, answered) in pieces.into_iter().zip(&mut answered) {
                scope.spawn(move |_| work.answer(piece, answered));
            }
            (write(&mut before, out), chunks.fill(&mut next))
        });
        errors += written?;
        tick();
        std::mem::swap(&mut chunk, &mut next);
        std::mem::swap(&mut answered, &mut before);
        if let Err(error) = read {
            // What was read is answered all the same.
            write(&mut before, out)?;
            return Err(error.into());
        }
    }
    Ok(errors + write(&mut before, out)?)
}

/// Cuts a chunk, and counts its lines.
fn pieces<'c>(chunk: &'c [u8], kind: Kind, parts: usize, line: &mut u64) -> Vec<Piece<'c>> {
    let pieces = kind.split(chunk, parts).into_iter().map(|bytes| {
        let piece = Piece { bytes, line: *line };
        *line += memchr_iter(b'\n', bytes).count() as u64;
        piece
    });
    pieces.collect()
}

/// Writes what came of a chunk, and returns how many of its records could not
/// be read. What it is written from can be used again.
fn write(answered: &mut [Answered], out: &mut dyn Write) -> Result<u64, BatchError> {
    let mut errors = 0;
    for piece in answered {
        out.write_all(&piece.bytes)?;
        if let Some(why) = piece.refused.take() {
            return Err(BatchError::Refused(why));
        }
        errors += piece.errors;
        piece.bytes.clear();
        piece.errors = 0;
    }
    Ok(errors)
}
