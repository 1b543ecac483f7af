//! Entries as one table, a row an entry: of what is in force on a day, or of
//! all that was ever published.

mod column;
mod parquet;

use jiff::civil::Date;

use crate::catalog::table::{write_rows, write_sheet};
use crate::export::entries::column::{COLUMNS, Row};
use crate::model::{At, Issued, Language, List, Standing, State};

/// Which revisions have rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Revisions {
    /// Those in force on the day.
    InForce,
    /// All: past, present, waiting, dormant and withdrawn.
    All,
}

/// Entries as rows of text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryTable {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A table that does not fit its format. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is no workbook.
    #[error("the entries do not fit a workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// It is no Parquet.
    #[error("the entries do not fit Parquet")]
    Parquet(#[from] ::parquet::errors::ParquetError),
}

/// Returns the entries of revisions, as they stand on a day.
pub fn entry_table(state: &State, at: At, which: Revisions, language: Language) -> EntryTable {
    let headings = COLUMNS.iter().map(|it| it.heading(language).to_owned()).collect();
    let mut rows = Vec::new();
    for list in state.lists.values() {
        for issued in &list.revisions {
            let standing = list.standing(issued, at);
            if which == Revisions::InForce && standing != Standing::InForce {
                continue;
            }
            let until = until(list, issued);
            for entry in issued.revision.entries.values() {
                let row = Row { state, revision: &issued.revision, entry, standing, until };
                rows.push(COLUMNS.iter().map(|it| row.cell(*it, language)).collect());
            }
        }
    }
    EntryTable { headings, rows }
}

impl EntryTable {
    /// Returns how many entries it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns it as CSV.
    pub fn csv(&self) -> Vec<u8> {
        let rows = std::iter::once(&self.headings).chain(&self.rows);
        write_rows(rows.map(Vec::as_slice)).into_bytes()
    }

    /// Returns it as a workbook that says that it was made `today`.
    pub fn xlsx(&self, today: Date) -> Result<Vec<u8>, TableError> {
        let rows: Vec<_> = std::iter::once(&self.headings).chain(&self.rows).cloned().collect();
        let widths: Vec<_> = COLUMNS.iter().map(|it| it.width()).collect();
        Ok(write_sheet("entries", &rows, &widths, today)?)
    }

    /// Returns it as Parquet, where days are days and empty cells are null.
    pub fn parquet(&self) -> Result<Vec<u8>, TableError> {
        Ok(parquet::write(&self.headings, &self.rows)?)
    }
}

/// Returns the first day on which a revision that takes effect is no longer in
/// force, as far as is published.
fn until(list: &List, issued: &Issued) -> Option<Date> {
    let from = issued.revision.effective?;
    let is_in_force = |day: Date| list.standing(issued, At(day)) == Standing::InForce;
    let days = list
        .revisions
        .iter()
        .flat_map(|it| it.revision.effective.map(|it| it.0).into_iter().chain(it.revision.expires));
    if is_in_force(from.0) { days.filter(|day| from.0 < *day && !is_in_force(*day)).min() } else { None }
}
