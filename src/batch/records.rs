//! Where records end: lines, and rows of CSV.
//!
//! Only the end is looked for here, as the `csv` crate finds it, so that a
//! file can be cut into pieces: a quote opens a cell where the cell begins and
//! means itself elsewhere; a line that is empty is no row; and `\r`, `\n` and
//! both together end one.

use memchr::{memchr, memchr2, memchr3, memrchr, memrchr2};

/// What the records of a file are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Lines.
    Line,
    /// Rows of CSV, in which a quoted cell may have several lines.
    Row,
}

/// The first record of some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Record<'b> {
    /// All of it, with what ends it.
    pub(crate) whole: &'b [u8],
    /// What stands in it.
    pub(crate) content: &'b [u8],
    /// Whether a quote stands in it.
    pub(crate) is_quoted: bool,
}

impl Record<'_> {
    /// Returns whether something ends it: nothing may at the end of a file.
    pub(crate) fn is_ended(&self) -> bool {
        self.content.len() != self.whole.len()
    }
}

impl Kind {
    /// Takes the first record off some bytes; `None` where there are none.
    pub(crate) fn take<'b>(self, bytes: &mut &'b [u8]) -> Option<Record<'b>> {
        if bytes.is_empty() {
            return None;
        }
        let (length, is_quoted) = match self {
            Kind::Line => (memchr(b'\n', bytes), false),
            Kind::Row => row_length(bytes),
        };
        let length = length.unwrap_or(bytes.len());
        let end = match bytes.get(length..).unwrap_or_default() {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        let (whole, rest) = bytes.split_at_checked(length + end).unwrap_or((bytes, &[]));
        let content = whole.get(..length).unwrap_or_default();
        *bytes = rest;
        Some(Record { whole, content, is_quoted })
    }

    /// Returns where the last record that has ended ends; 0 if none has.
    pub(crate) fn last_end(self, bytes: &[u8]) -> usize {
        match self {
            Kind::Line => memrchr(b'\n', bytes).map_or(0, |it| it + 1),
            Kind::Row if memchr(b'"', bytes).is_none() => memrchr2(b'\n', b'\r', bytes).map_or(0, |it| it + 1),
            Kind::Row => {
                let (mut rest, mut last) = (bytes, 0);
                while let Some(record) = self.take(&mut rest).filter(Record::is_ended) {
                    last += record.whole.len();
                }
                last
            }
        }
    }

    /// Cuts whole records into at most so many pieces of much the same size.
    pub(crate) fn split(self, bytes: &[u8], parts: usize) -> Vec<&[u8]> {
        let least = bytes.len().div_ceil(parts.max(1));
        let is_by_line = self == Kind::Line || memchr(b'"', bytes).is_none();
        let mut pieces = Vec::with_capacity(parts);
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = if is_by_line { self.line_end_from(rest, least) } else { row_end_from(rest, least) };
            let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }

    /// Returns the first end at or behind a place, where there are no quotes.
    fn line_end_from(self, bytes: &[u8], least: usize) -> usize {
        let (before, after) = bytes.split_at_checked(least.saturating_sub(1)).unwrap_or((bytes, &[]));
        let end = match self {
            Kind::Line => memchr(b'\n', after),
            Kind::Row => memchr2(b'\n', b'\r', after),
        };
        end.map_or(bytes.len(), |it| before.len() + it + 1)
    }
}

/// Returns the first end of a row at or behind a place.
fn row_end_from(bytes: &[u8], least: usize) -> usize {
    let (mut rest, mut length) = (bytes, 0);
    while length < least
        && let Some(record) = Kind::Row.take(&mut rest)
    {
        length += record.whole.len();
    }
    length
}

/// Returns how long the first row is without its end, if it has one, and
/// whether there are quotes in it.
fn row_length(bytes: &[u8]) -> (Option<usize>, bool) {
    let Some(first) = memchr3(b'\n', b'\r', b'"', bytes) else { return (None, false) };
    if bytes.get(first) == Some(&b'"') { (quoted_row_length(bytes), true) } else { (Some(first), false) }
}

fn quoted_row_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            at = behind_quotes(bytes, at + 1)?;
        }
        at += memchr3(b',', b'\n', b'\r', bytes.get(at..)?)?;
        if bytes.get(at) != Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
}

/// Returns where the quotes that are open have been closed.
fn behind_quotes(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}
