//! Tables as CSV.

use crate::catalog::table::cells::sheet;
use crate::catalog::table::mistake::{Mistakes, TableMistake};
use crate::catalog::table::sheet::{Limits, Meter, Sheet};
use crate::model::{Language, Revision, Vocabulary};

/// Says to a spreadsheet that the file is UTF-8.
const MARK: char = '\u{feff}';

/// A cell that begins with one of these would be a formula in a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes the entries of a revision.
pub fn write_csv(revision: &Revision, vocabulary: &Vocabulary, language: Language) -> String {
    write_rows(sheet(revision, vocabulary, language).rows.iter().map(|(_, row)| row.as_slice()))
}

/// Writes rows, all of one length.
pub(crate) fn write_rows<'r>(rows: impl IntoIterator<Item = &'r [String]>) -> String {
    let mut writer = csv::Writer::from_writer(MARK.to_string().into_bytes());
    for row in rows {
        let written = writer.write_record(row.iter().map(|it| guarded(it)));
        written.expect("because memory takes every row, and all rows are of one length");
    }
    let bytes = writer.into_inner().expect("because memory takes every row");
    String::from_utf8(bytes).expect("because text was written")
}

/// Keeps a spreadsheet from taking a text for a formula.
fn guarded(cell: &str) -> String {
    let is_taken = cell.trim_start_matches('\'').starts_with(FORMULA);
    if is_taken { format!("'{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> &str {
    let inner = cell.strip_prefix('\'').filter(|it| it.trim_start_matches('\'').starts_with(FORMULA));
    inner.unwrap_or(cell)
}

/// Reads a table.
pub fn read_csv(bytes: &[u8], limits: Limits) -> Result<Sheet, Mistakes> {
    if limits.file < bytes.len() as u64 {
        let message = format!("the file is larger than {} MB", limits.file >> 20);
        return Err(TableMistake::new(message).help("take out what is not entries").into());
    }
    let text = std::str::from_utf8(bytes).map_err(|it| {
        let row = bytes.iter().take(it.valid_up_to()).filter(|it| **it == b'\n').count() + 1;
        let mistake = TableMistake::new(format!("line {row} is not UTF-8"));
        Mistakes::from(mistake.help("save it as `CSV UTF-8`, or as a workbook (.xlsx)"))
    })?;
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut meter = Meter::new(limits);
    let mut rows = Vec::new();
    let mut number = 0;
    for record in reader.records() {
        let record = record.map_err(|it| TableMistake::new(it.to_string()))?;
        let mut cells = Vec::new();
        for (column, cell) in record.iter().enumerate() {
            // Past the limit all columns are too many.
            let place = u32::try_from(column).unwrap_or(u32::MAX);
            meter
                .cell(number, place, cell)
                .map_err(|(message, help)| TableMistake::new(message).help(help).row(number + 1).column(column, ""))?;
            cells.push(unguarded(cell).to_owned());
        }
        number += 1;
        if cells.iter().any(|it| !it.trim().is_empty()) {
            rows.push((number, cells));
        }
    }
    Ok(Sheet { name: None, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for (cell, expected) in
            [("=1+1", "'=1+1"), ("-x", "'-x"), ("'=1", "''=1"), ("plain", "plain"), ("'s", "'s"), ("", "")]
        {
            assert_eq!(guarded(cell), expected);
            assert_eq!(unguarded(&guarded(cell)), cell);
        }
    }

    #[test]
    fn rows_keep_the_numbers_that_a_spreadsheet_shows() {
        let sheet = read_csv("\u{feff}a,b\n,\n\"x\ny\",z\n".as_bytes(), Limits::USUAL).unwrap();
        assert_eq!(sheet.rows, [(1, vec!["a".into(), "b".into()]), (3, vec!["x\ny".into(), "z".into()])]);
    }

    #[test]
    fn what_is_no_text_or_too_large_is_refused() {
        let read = |bytes: &[u8], limits| read_csv(bytes, limits).unwrap_err().named.remove(0).to_string();
        assert_eq!(read(b"a\n\xff\n", Limits::USUAL), "line 2 is not UTF-8");
        assert_eq!(read(b"a\n", Limits { file: 1, ..Limits::USUAL }), "the file is larger than 0 MB");
        let small = Limits { rows: 1, columns: 1, cell: 1, ..Limits::USUAL };
        assert_eq!(read(b"a\nb\n", small), "row 2, column A: the table has more than 1 rows");
        assert_eq!(read(b"a,b\n", small), "row 1, column B: the table has more than 1 columns");
        assert_eq!(read(b"ab\n", small), "row 1, column A: the cell has 2 characters, and 1 is the most");
    }
}
