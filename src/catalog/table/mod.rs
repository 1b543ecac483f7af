//! Entries as a table, one row an entry, for those who live in spreadsheets:
//! CSV and XLSX in and out.
//!
//! What a column means and how its cells are written is in `docs/tables.md`.
//! A table that was written reads back as the same entries, in any order of
//! its rows. Tables come from strangers: every size has a limit.

mod cells;
mod changes;
mod column;
mod csv;
mod id;
mod mistake;
mod phrase;
mod read;
mod row;
mod sheet;
mod xlsx;

pub(crate) use cells::cell;
pub use cells::effect as effect_word;
pub use changes::{Changed, Changes, changes};
pub use column::Column;
pub(crate) use csv::write_rows;
pub use csv::{read_csv, write_csv};
pub use mistake::{Mistakes, TableMistake};
pub(crate) use phrase::condition;
pub use read::read_entries;
pub use sheet::{Limits, Sheet};
pub(crate) use xlsx::write_sheet;
pub use xlsx::{read_xlsx, write_xlsx};
