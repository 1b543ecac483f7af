//! Several answers below each other: what each comes to, and why.

use textwrap::core::display_width;

use crate::cli::answer::Writer;
use crate::document::{deciding, wording};
use crate::model::Answer;

/// One of several answers.
pub(super) struct Row<'r, 'a> {
    /// What it is the answer to.
    pub(super) label: String,
    /// What it comes to.
    pub(super) text: String,
    pub(super) answer: &'r Answer<'a>,
}

/// Writes answers, each with the entries that it rests on.
pub(super) fn write(rows: &[Row<'_, '_>], writer: &mut Writer<'_>) {
    let width = rows.iter().map(|it| display_width(&it.label)).max().unwrap_or(0);
    for row in rows {
        let padding = " ".repeat(width - display_width(&row.label));
        writer.layout.hanging(&format!("  {}{padding}  ", row.label), &row.text);
        let indent = " ".repeat(width + 6);
        for found in deciding(row.answer) {
            let (cite, list, version) = (&found.entry.cite, &found.revision.list, &found.revision.version);
            let maybe = wording::doubt(found, writer.language);
            writer.layout.hanging(&indent, &format!("{cite}: {list} {version}, {}{maybe}", found.entry.id));
        }
        for consulted in wording::silent(row.answer) {
            let (list, version) = (&consulted.issued.revision.list, &consulted.issued.revision.version);
            let reason = wording::silence(consulted, writer.language);
            writer.layout.hanging(&indent, &format!("{list} {version}: {reason}"));
        }
    }
}
