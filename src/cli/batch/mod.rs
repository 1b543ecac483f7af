//! `neglist batch`

mod progress;
mod results;
mod table;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::batch::{Answering, BatchError, Chunks, Crew, Detail, Kind, Lines, answer_all};
use crate::cli::args::{BatchArgs, BatchInput};
use crate::cli::batch::progress::Progress;
use crate::cli::batch::table::Table;
use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit};
use crate::registry::Registry;

/// How much is read at a time where little is written for each question, and
/// where much is.
const CHUNK_OF_BRIEFS: usize = 1 << 20;
const CHUNK_OF_ANSWERS: usize = 1 << 18;

/// How a file is read and answered.
#[derive(Clone, Copy, Debug)]
struct How {
    input: BatchInput,
    detail: Detail,
    /// How many bytes are read at a time.
    size: usize,
}

pub(super) fn run(args: &BatchArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let is_stdin = args.file == Path::new("-");
    let size = if is_stdin { None } else { std::fs::metadata(&args.file).ok().map(|it| it.len()) };
    let source: Box<dyn Read> = if is_stdin {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&args.file).map_err(|it| of_file(&args.file, &it))?)
    };
    let progress = Progress::new(size, screen.surroundings.is_err_terminal);
    let crew = Crew::new(args.jobs.map(usize::from))?;
    let detail = if args.verdict_only { Detail::Brief } else { Detail::Full };
    let size = if args.verdict_only { CHUNK_OF_BRIEFS } else { CHUNK_OF_ANSWERS };
    let how = How { input: BatchInput::of(&args.file, args.input), detail, size };
    let errors = answer_source(progress.watch(source), &how, registry, &crew, &progress, screen.out)?;
    progress.clear();
    if errors == 0 {
        return Ok(exit::DONE);
    }
    screen.out.flush()?;
    let lines = if errors == 1 { "1 line".to_owned() } else { format!("{errors} lines") };
    screen.note(&format!("{lines} could not be read; each has an error in its place"))?;
    Ok(exit::BAD_INPUT)
}

/// Answers everything in a file, and returns how many records could not be
/// read.
fn answer_source(
    source: impl Read,
    how: &How,
    registry: &Registry,
    crew: &Crew,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let answering = Answering::new(registry);
    match how.input {
        BatchInput::Ndjson => {
            let mut chunks = Chunks::new(source, Kind::Line, how.size);
            Ok(answer_all(&mut chunks, 0, &Lines::new(answering, how.detail), crew, &|| progress.tick(), out)?)
        }
        BatchInput::Csv => {
            let mut chunks = Chunks::new(source, Kind::Row, how.size);
            let (table, lines) = Table::open(&mut chunks, answering, how.detail)?;
            out.write_all(&table.write_names())?;
            Ok(answer_all(&mut chunks, lines, &table, crew, &|| progress.tick(), out)?)
        }
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Failure {
        match error {
            BatchError::Refused(why) => Failure::input(why),
            BatchError::Io(error) => error.into(),
        }
    }
}
