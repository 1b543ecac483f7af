//! A company's own flows, read from a file: CSV with the columns of a batch,
//! or a JSON object a line, without days.
//!
//! Nothing is half-said: if one row is not understood, none is used.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::batch::MOST_BYTES;
use crate::canon::flow_from_json;
use crate::cli::args::BatchInput;
use crate::cli::failure::{Failure, of_file};
use crate::cli::question_row::Columns;
use crate::model::{At, Flow, State};

/// So many mistakes are named.
const MOST_NAMED: usize = 10;

/// Flows, each with the line that it stands on.
#[derive(Debug)]
pub(super) struct Flows {
    /// The file, as it was named.
    pub(super) path: PathBuf,
    /// What flows.
    pub(super) flows: Vec<Flow>,
    /// The lines, from 1.
    pub(super) lines: Vec<u64>,
}

impl Flows {
    /// Returns the line of a flow.
    pub(super) fn line(&self, index: usize) -> u64 {
        self.lines.get(index).copied().unwrap_or_default()
    }

    /// Returns what a flow is called: its id, or else its line.
    pub(super) fn name(&self, index: usize) -> String {
        let id = self.flows.get(index).and_then(|it| it.id.clone());
        id.unwrap_or_else(|| format!("{}:{}", self.path.display(), self.line(index)))
    }
}

/// Reads flows, which must be understood, every one.
pub(super) fn read(path: &Path, input: Option<BatchInput>, state: &State) -> Result<Flows, Failure> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|it| of_file(path, &it))?)
    };
    let mut reader = Reader {
        state,
        flows: Flows { path: path.to_owned(), flows: Vec::new(), lines: Vec::new() },
        mistakes: Vec::new(),
        number: 0,
    };
    let source = BufReader::with_capacity(1 << 16, source);
    match BatchInput::of(path, input) {
        BatchInput::Csv => reader.csv(source)?,
        BatchInput::Ndjson => reader.ndjson(source)?,
    }
    if reader.number != 0 {
        let more = reader.number - reader.mistakes.len();
        return Err(
            Failure::inputs(reader.mistakes, more).hint("nothing was compared; mend the rows, or take them out")
        );
    }
    if reader.flows.flows.is_empty() {
        return Err(Failure::input(format!("there are no flows in `{}`", path.display())));
    }
    Ok(reader.flows)
}

struct Reader<'s> {
    state: &'s State,
    flows: Flows,
    /// The first mistakes, and how many there are.
    mistakes: Vec<String>,
    number: usize,
}

impl Reader<'_> {
    fn csv(&mut self, source: impl Read) -> Result<(), Failure> {
        let path = self.flows.path.clone();
        let unreadable = |it: csv::Error| Failure::input(format!("`{}` is not CSV: {it}", path.display()));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
        let columns = Columns::of_flows(reader.headers().map_err(unreadable)?, self.state)?;
        let mut row = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map_or(line, csv::Position::line);
                    // What follows a row that is not UTF-8 can be read; what
                    // follows a file that cannot be read cannot.
                    if let csv::ErrorKind::Io(_) = error.kind() {
                        return Err(unreadable(error));
                    }
                    self.mistake(line, None, "the row is not UTF-8");
                    continue;
                }
            }
            let line = row.position().map_or(line, csv::Position::line);
            let cells: Vec<_> = row.iter().collect();
            match columns.row(&cells).and_then(|it| it.flow(self.state)) {
                Err(bad) => self.mistake(line, bad.column.as_deref(), &bad.message),
                Ok(flow) => {
                    let bad = Columns::mistakes(&flow, self.state);
                    bad.iter().for_each(|it| self.mistake(line, it.column.as_deref(), &it.message));
                    self.push(flow, line);
                }
            }
        }
    }

    fn ndjson(&mut self, mut source: impl BufRead) -> Result<(), Failure> {
        // Which day it would be does not matter to whether it is understood.
        let at = At(jiff::civil::Date::ZERO);
        let mut number = 0;
        let mut line = Vec::new();
        loop {
            line.clear();
            if source.by_ref().take(MOST_BYTES as u64).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            number += 1;
            if line.len() == MOST_BYTES && line.last() != Some(&b'\n') {
                return Err(Failure::input(format!("line {number} is longer than {MOST_BYTES} bytes")));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let flow = match std::str::from_utf8(&line) {
                Ok(text) => flow_from_json(text).map_err(|it| it.message),
                Err(_) => Err("the line is not UTF-8".to_owned()),
            };
            match flow {
                Err(message) => self.mistake(number, None, &message),
                Ok(flow) => {
                    for it in self.state.mistakes(&flow.on(at)) {
                        self.mistake(number, None, &Failure::from(vec![it]).line());
                    }
                    self.push(flow, number);
                }
            }
        }
    }

    fn push(&mut self, flow: Flow, line: u64) {
        // Once a row is not understood, the others are only looked over.
        if self.number == 0 {
            self.flows.flows.push(flow);
            self.flows.lines.push(line);
        }
    }

    fn mistake(&mut self, line: u64, column: Option<&str>, message: &str) {
        self.number += 1;
        if self.mistakes.len() < MOST_NAMED {
            let column = column.map(|it| format!(" column `{it}`:")).unwrap_or_default();
            self.mistakes.push(format!("{}:{line}:{column} {message}", self.flows.path.display()));
        }
    }
}
