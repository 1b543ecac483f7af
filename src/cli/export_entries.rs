//! `neglist export entries`

use std::path::Path;

use clap::ValueEnum;
use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::export::write;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection};
use crate::export::{Revisions, entry_table};
use crate::model::At;

/// What a table is written as.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum TableKind {
    /// Comma-separated values
    Csv,
    /// A workbook
    Xlsx,
    /// Apache Parquet
    Parquet,
}

impl TableKind {
    /// Tells the kind from the name of a file.
    fn of(file: &Path) -> Result<TableKind, Failure> {
        let extension = file.extension().and_then(|it| it.to_str()).unwrap_or_default().to_lowercase();
        match extension.as_str() {
            "csv" => Ok(TableKind::Csv),
            "xlsx" => Ok(TableKind::Xlsx),
            "parquet" => Ok(TableKind::Parquet),
            _ => {
                let message = format!("`{}` ends neither in .csv nor in .xlsx nor in .parquet", file.display());
                Err(Failure::input(message).hint("say what to write with `--as csv`, `xlsx` or `parquet`"))
            }
        }
    }
}

pub(super) fn run(
    file: Option<&Path>,
    kind: Option<TableKind>,
    at: At,
    which: Revisions,
    registry: Option<&str>,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    let kind = match (kind, file) {
        (Some(kind), _) => kind,
        (None, Some(file)) => TableKind::of(file)?,
        (None, None) => TableKind::Csv,
    };
    if file.is_none() && screen.format == Format::Json {
        return Err(Failure::input("a table on standard output is no JSON").hint("name a file"));
    }
    let registry = selection::open(registry, screen)?;
    let state = registry.state();
    let table = entry_table(state, at, which, screen.language);
    let unfit = |it: crate::export::TableError| Failure::input(it.to_string()).hint("write them with `--as csv`");
    let bytes = match kind {
        TableKind::Csv => table.csv(),
        TableKind::Xlsx => table.xlsx(screen.surroundings.today.date()).map_err(unfit)?,
        TableKind::Parquet => table.parquet().map_err(unfit)?,
    };
    let Some(file) = file else {
        // The mark at the beginning is for spreadsheets that open a file.
        let mark = "\u{feff}".as_bytes();
        screen.out.write_all(bytes.strip_prefix(mark).unwrap_or(&bytes))?;
        return Ok(exit::DONE);
    };
    write(file, &bytes)?;
    match screen.format {
        Format::Json => screen.json(&json!({
            "entries": table.len(),
            "at": at.to_string(),
            "file": file.display().to_string(),
            "registry": head_json(&state.head),
        }))?,
        Format::Text => {
            let (entries, file) = (table.len(), file.display());
            screen.note(&match screen.language {
                crate::model::Language::En => format!("wrote {entries} entries as of {at} to `{file}`"),
                crate::model::Language::Zh => format!("已将{at}的{entries}个条目写入`{file}`"),
            })?;
        }
    }
    Ok(exit::DONE)
}
