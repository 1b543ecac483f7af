//! A question a row of CSV, and the row again with what came of it.
//!
//! A row without a quote is cut at its commas and copied as it stands; what
//! the `csv` crate would write of it is the same. The others are read by that
//! crate.

use std::io::{self, Cursor, Read};

use csv::StringRecord;
use memchr::{memchr_iter, memchr3};

use crate::batch::{Answered, Answering, Chunks, Detail, Kind, MOST_BYTES, Piece, Record, Work};
use crate::cli::batch::results::{NAMES, write_brief, write_full};
use crate::cli::failure::Failure;
use crate::cli::question_row::{Columns, Row};
use crate::evaluate::{Cells, FactColumn, plain_count};
use crate::model::{At, Brief, KnownOn};

/// Answers rows.
#[derive(Debug)]
pub(super) struct Table<'r> {
    answering: Answering<'r>,
    columns: Columns,
    facts: Vec<FactColumn>,
    detail: Detail,
}

impl<'r> Table<'r> {
    /// Reads the names of the columns off a file, and returns how many lines
    /// they and what is before them have.
    pub(super) fn open(
        chunks: &mut Chunks<impl Read>,
        answering: Answering<'r>,
        detail: Detail,
    ) -> Result<(Table<'r>, u64), Failure> {
        let unreadable = |it: csv::Error| Failure::input(format!("the file is not CSV: {it}"));
        let (names, lines) = names(chunks).map_err(|it| unreadable(it.into()))?;
        let mut reader = csv::Reader::from_reader(names.as_slice());
        let columns = Columns::of_questions(reader.headers().map_err(unreadable)?, answering.state())?;
        let facts = columns.facts().map(|it| answering.registry().index().fact_column(it)).collect();
        Ok((Table { answering, columns, facts, detail }, lines))
    }

    /// Writes the names of the columns.
    pub(super) fn write_names(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let (brief, full) = NAMES.split_at(4);
        let (full, error) = full.split_at(4);
        let full = if self.detail == Detail::Full { full } else { &[] };
        let names = self.columns.names().iter();
        write_cells(&mut out, names.chain([brief, full, error].into_iter().flatten().copied()));
        out.push(b'\n');
        out
    }

    /// Returns what a row comes to. A plain one does not become a question on
    /// the way; any other does, for what is to be said of it.
    fn brief_of_row(&self, row: &Row<'_>) -> Result<Brief, String> {
        let registry = self.answering.registry();
        let plain = || {
            let facts = row.facts().filter_map(|(number, _, cell)| Some((*self.facts.get(number)?, cell)));
            registry.index().brief_of_cells(&cells(row)?, facts)
        };
        if let Some(brief) = Some(()).filter(|()| !registry.is_paranoid()).and_then(|()| plain()) {
            return Ok(brief);
        }
        self.answering.brief(&row.question(self.answering.state()).map_err(|it| it.message)?)
    }

    /// Writes what came of a row, whose cells have been written.
    fn write_results(&self, cells: &[&str], answered: &mut Answered) {
        if let Err(message) = self.try_results(cells, &mut answered.bytes) {
            self.write_error(&message, answered);
        }
    }

    fn try_results(&self, cells: &[&str], out: &mut Vec<u8>) -> Result<(), String> {
        let row = self.columns.row(cells).map_err(|it| it.message)?;
        match self.detail {
            Detail::Brief => write_brief(out, self.brief_of_row(&row)?),
            Detail::Full => {
                let question = row.question(self.answering.state()).map_err(|it| it.message)?;
                write_full(out, &self.answering.answer(&question)?);
            }
        }
        out.extend_from_slice(b",\n");
        Ok(())
    }

    fn write_error(&self, message: &str, answered: &mut Answered) {
        let empty: &[u8] = match self.detail {
            Detail::Brief => b",,,,,",
            Detail::Full => b",,,,,,,,,",
        };
        answered.errors += 1;
        answered.bytes.extend_from_slice(empty);
        write_cell(&mut answered.bytes, message);
        answered.bytes.push(b'\n');
    }

    /// Writes as many cells as there are columns.
    fn write_padded(&self, cells: &[&str], out: &mut Vec<u8>) {
        let width = self.columns.names().len();
        write_cells(out, (0..width).map(|it| cells.get(it).copied().unwrap_or_default()));
    }
}

/// Returns the cells of a row that is plain: of one category, with a number of
/// people in digits.
fn cells<'r>(row: &Row<'r>) -> Option<Cells<'r>> {
    Some(Cells {
        from: row.from()?,
        to: row.to(),
        category: row.category()?,
        people: match row.subjects() {
            Some(people) => Some(plain_count(people)?),
            None => None,
        },
        at: row.at()?.parse::<At>().ok()?,
        known_on: match row.known_on() {
            Some(day) => Some(day.parse::<KnownOn>().ok()?),
            None => None,
        },
        ordinary: row.ordinary().ok()?,
    })
}

impl Work for Table<'_> {
    fn answer(&self, piece: Piece<'_>, answered: &mut Answered) {
        let mut rest = piece.bytes;
        // To look at all of a piece at once costs less than row by row.
        let valid = std::str::from_utf8(piece.bytes).ok();
        let mut quoted = Quoted::new();
        let mut cells = Vec::new();
        while let Some(record) = Kind::Row.take(&mut rest) {
            let start = piece.bytes.len() - rest.len() - record.whole.len();
            if MOST_BYTES <= record.content.len() {
                let before = piece.bytes.get(..start);
                let line = piece.line + memchr_iter(b'\n', before.unwrap_or_default()).count() as u64;
                let message =
                    format!("the row on line {line} is longer than {MOST_BYTES} bytes, and nothing behind it was read");
                answered.refused = Some(message);
                return;
            }
            if record.content.is_empty() {
                continue;
            }
            let text = match valid {
                Some(text) => text.get(start..start + record.content.len()),
                None => std::str::from_utf8(record.content).ok(),
            };
            let Some(text) = text else {
                self.write_padded(&[], &mut answered.bytes);
                self.write_error("the row is not UTF-8", answered);
                continue;
            };
            if record.is_quoted {
                let row = quoted.read(text, record);
                let cells: Vec<_> = row.iter().collect();
                self.write_padded(&cells, &mut answered.bytes);
                self.write_results(&cells, answered);
                continue;
            }
            cut(text, &mut cells);
            if cells.len() == self.columns.names().len() {
                answered.bytes.extend_from_slice(record.content);
            } else {
                self.write_padded(&cells, &mut answered.bytes);
            }
            self.write_results(&cells, answered);
        }
    }
}

/// Returns everything up to the end of the row of names, and how many lines
/// that is.
fn names(chunks: &mut Chunks<impl Read>) -> io::Result<(Vec<u8>, u64)> {
    let (mut chunk, mut names) = (Vec::new(), Vec::new());
    loop {
        chunks.fill(&mut chunk)?;
        let mut rest = chunk.as_slice();
        let mut is_found = chunk.is_empty();
        while !is_found && let Some(record) = Kind::Row.take(&mut rest) {
            names.extend_from_slice(record.whole);
            is_found = !record.content.is_empty();
        }
        if is_found {
            chunks.put_back(rest);
            let lines = memchr_iter(b'\n', &names).count() as u64;
            return Ok((names, lines));
        }
    }
}

/// Cuts a row without quotes into its cells. They are short: to look at each
/// byte takes less time than to call for the next comma.
fn cut<'t>(text: &'t str, cells: &mut Vec<&'t str>) {
    cells.clear();
    let mut start = 0;
    for (position, byte) in text.bytes().enumerate() {
        if byte == b',' {
            cells.push(text.get(start..position).unwrap_or_default());
            start = position + 1;
        }
    }
    cells.push(text.get(start..).unwrap_or_default());
}

/// Reads rows with quotes. To make a reader costs more than to read a row, so
/// that one reads row after row, each from its own bytes.
struct Quoted {
    reader: Option<csv::Reader<Cursor<Vec<u8>>>>,
    row: StringRecord,
}

impl Quoted {
    fn new() -> Quoted {
        Quoted { reader: None, row: StringRecord::new() }
    }

    fn read(&mut self, text: &str, record: Record<'_>) -> &StringRecord {
        let reader = |bytes: Vec<u8>| {
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(Cursor::new(bytes))
        };
        let read = if record.is_ended() {
            let reader = self.reader.get_or_insert_with(|| reader(Vec::new()));
            let cursor = reader.get_mut();
            cursor.set_position(0);
            cursor.get_mut().clear();
            cursor.get_mut().extend_from_slice(text.as_bytes());
            cursor.get_mut().push(b'\n');
            reader.read_record(&mut self.row)
        } else {
            // It may be that its quotes were never closed: only the end of the
            // file is its end then, and the reader comes to it.
            reader(text.as_bytes().to_vec()).read_record(&mut self.row)
        };
        read.expect("because a row in memory is UTF-8, and may have any number of cells");
        &self.row
    }
}

/// Writes cells, with commas between them.
fn write_cells<'c>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'c str>) {
    for (position, cell) in cells.enumerate() {
        if position != 0 {
            out.push(b',');
        }
        write_cell(out, cell);
    }
}

/// Writes a cell as the `csv` crate does: in quotes where it needs them.
fn write_cell(out: &mut Vec<u8>, cell: &str) {
    let bytes = cell.as_bytes();
    let needs_quotes = memchr3(b',', b'"', b'\n', bytes).is_some() || bytes.contains(&b'\r');
    if !needs_quotes {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    for byte in bytes {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
