//! Tables for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

/// Makes a table with a row of names, as wide as the screen.
pub(super) fn table(names: &[&str], width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX)).set_header(names);
    // Only the last column wraps: ids, dates and numbers are copied from here.
    for column in table.column_iter_mut().rev().skip(1) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

/// Returns the table as text, without spaces at the ends of lines.
pub(super) fn text(table: &Table) -> String {
    let lines = table.lines().map(|it| it.trim_end().to_owned() + "\n");
    lines.collect()
}
