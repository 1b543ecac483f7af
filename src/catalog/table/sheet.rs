//! A table as text: rows of cells, within limits.

/// How large a table may be: it comes from a stranger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The bytes of the file.
    pub file: u64,
    /// The bytes of what a workbook unpacks to.
    pub unpacked: u64,
    /// The rows, headings and all.
    pub rows: u32,
    /// The columns.
    pub columns: u32,
    /// The characters of a cell.
    pub cell: usize,
    /// The bytes of all cells.
    pub text: usize,
}

impl Limits {
    /// What every list has fitted in, ten times over.
    pub const USUAL: Limits = Limits {
        file: 32 << 20,
        unpacked: 256 << 20,
        rows: 100_000,
        columns: 100,
        // As many as a spreadsheet keeps.
        cell: 32_767,
        text: 128 << 20,
    };
}

/// A table as text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sheet {
    /// Its name, where it is one of a workbook.
    pub name: Option<String>,
    /// The rows that say something, each with its number as a spreadsheet
    /// shows it, from 1.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Counts what is read against the limits.
#[derive(Debug)]
pub(super) struct Meter {
    limits: Limits,
    text: usize,
}

/// A limit that was passed: a phrase, and what to do.
pub(super) type Passed = (String, String);

impl Meter {
    pub(super) fn new(limits: Limits) -> Meter {
        Meter { limits, text: 0 }
    }

    /// Takes in a cell; both numbers from 0.
    pub(super) fn cell(&mut self, row: u32, column: u32, text: &str) -> Result<(), Passed> {
        let limits = &self.limits;
        if limits.rows <= row {
            let message = format!("the table has more than {} rows", limits.rows);
            return Err((message, "split the list, or take out rows that are not entries".to_owned()));
        }
        if limits.columns <= column {
            let message = format!("the table has more than {} columns", limits.columns);
            return Err((message, "take out the columns that say nothing of entries".to_owned()));
        }
        let length = text.chars().count();
        if limits.cell < length {
            let message = format!("the cell has {length} characters, and {} is the most", limits.cell);
            return Err((message, "shorten it: a note is a sentence or two".to_owned()));
        }
        self.text += text.len();
        if limits.text < self.text {
            let message = format!("the table holds more than {} MB of text", limits.text >> 20);
            return Err((message, "split the list".to_owned()));
        }
        Ok(())
    }
}

/// Returns the letters by which a spreadsheet names a column, from 0.
pub(super) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest != 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn both_sides_of_every_limit() {
        let limits = Limits { file: 0, unpacked: 0, rows: 2, columns: 3, cell: 2, text: 10 };
        let mut meter = Meter::new(limits);
        assert!(meter.cell(1, 2, "中文").is_ok());
        for (row, column, text) in [(2, 0, ""), (0, 3, ""), (0, 0, "abc")] {
            let mut meter = Meter::new(limits);
            assert!(meter.cell(row, column, text).is_err(), "{row} {column} {text}");
        }
        assert!(meter.cell(0, 0, "ab").is_ok());
        assert!(meter.cell(0, 0, "ab").is_ok());
        assert!(meter.cell(0, 0, "a").is_err());
    }
}
