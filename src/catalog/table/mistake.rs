//! What is wrong with a table, and where.

use std::fmt;

use crate::catalog::table::column::Column;
use crate::catalog::table::sheet::letters;

/// So many mistakes are named; a table with more has another problem.
const MOST: usize = 100;

/// Something wrong in a table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TableMistake {
    /// The sheet, where the table is one of a workbook.
    pub sheet: Option<String>,
    /// The row, from 1 as a spreadsheet shows it.
    pub row: Option<u32>,
    /// The column, from 0, with its heading.
    pub column: Option<(usize, String)>,
    /// What is wrong: a phrase, what stands there in backticks.
    pub message: String,
    /// What would be right, or what is near.
    pub help: Option<String>,
}

impl TableMistake {
    pub(super) fn new(message: impl Into<String>) -> TableMistake {
        TableMistake { message: message.into(), ..TableMistake::default() }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> TableMistake {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub(super) fn sheet(mut self, sheet: Option<&str>) -> TableMistake {
        self.sheet = sheet.map(str::to_owned);
        self
    }

    #[must_use]
    pub(super) fn row(mut self, row: u32) -> TableMistake {
        self.row = Some(row);
        self
    }

    #[must_use]
    pub(super) fn column(mut self, column: usize, heading: &str) -> TableMistake {
        self.column = Some((column, heading.to_owned()));
        self
    }
}

impl fmt::Display for TableMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places = Vec::new();
        places.extend(self.sheet.as_ref().map(|it| format!("sheet `{it}`")));
        places.extend(self.row.map(|it| format!("row {it}")));
        places.extend(self.column.as_ref().map(|(column, heading)| match heading.as_str() {
            "" => format!("column {}", letters(*column)),
            heading => format!("column {} (`{heading}`)", letters(*column)),
        }));
        if !places.is_empty() {
            write!(f, "{}: ", places.join(", "))?;
        }
        f.write_str(&self.message)
    }
}

/// Everything wrong with a table, as far as it is named.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistakes {
    /// The first of them.
    pub named: Vec<TableMistake>,
    /// How many more there are.
    pub more: usize,
}

impl From<TableMistake> for Mistakes {
    fn from(only: TableMistake) -> Mistakes {
        Mistakes { named: vec![only], more: 0 }
    }
}

impl From<Vec<TableMistake>> for Mistakes {
    fn from(mut all: Vec<TableMistake>) -> Mistakes {
        let more = all.len().saturating_sub(MOST);
        all.truncate(MOST);
        Mistakes { named: all, more }
    }
}

/// A mistake in a cell, without its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct CellMistake {
    pub(super) column: Column,
    pub(super) message: String,
    pub(super) help: Option<String>,
}
