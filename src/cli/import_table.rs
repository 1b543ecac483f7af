//! `neglist import-table`

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use crate::catalog::table::{
    Changes, Column, Limits, Mistakes, Sheet, changes, effect_word, read_csv, read_entries, read_xlsx,
};
use crate::catalog::{Draft, Finding, SpliceError, Words, read_draft_against, read_text, read_within, splice};
use crate::cli::args::Format;
use crate::cli::draft::{Kind, create};
use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit};
use crate::model::{Entry, Language, State};
use crate::registry::Registry;

/// Bring the entries of a table into a draft, and show what changes
///
/// The table holds every entry: those without a row are removed. What stands above the entries,
/// comments and golden questions stay, and so do entries that did not change, as they are
/// written. Nothing is written without `--write` or `--output`: look first.
#[derive(Args, Debug)]
pub(super) struct ImportTableArgs {
    /// The table, .csv or .xlsx
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// The draft, as `neglist draft` or `neglist new-list` write it
    #[arg(long, value_name = "DRAFT")]
    into: PathBuf,
    /// Write the draft with the new entries in its place
    #[arg(long, conflicts_with = "output")]
    write: bool,
    /// Write it to a file that does not exist yet (`-` for standard output)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The sheet of a workbook that has several
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl ImportTableArgs {
    /// Returns whether the draft itself goes to standard output.
    pub(super) fn is_written_out(&self) -> bool {
        self.output.as_deref() == Some(Path::new("-"))
    }
}

pub(super) fn run(args: &ImportTableArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let text = read_text(&args.into).map_err(|it| of_file(&args.into, &it))?;
    let draft = read_draft(&args.into, &text, state)?;
    let sheet = read_sheet(args)?;
    let mut lists: std::collections::BTreeSet<_> = state.lists.keys().cloned().collect();
    lists.insert(draft.revision.list.clone());
    let (categories, vocabulary, places) = (&state.categories, &state.vocabulary, &state.places);
    let words = Words { categories, vocabulary, places, lists: &lists };
    let entries = read_entries(&sheet, &draft.revision, words).map_err(|it| in_file(&args.table, it))?;
    let changes = changes(&draft.revision.entries, &entries, vocabulary, screen.language);
    let written = splice(&text, &draft.revision, &entries, vocabulary).map_err(|it| unspliced(&it))?;
    // What is written is read once more before anybody relies on it.
    let again = read_draft_against(&written, state).ok().filter(|it| {
        let is_rest = it.expectations == draft.expectations;
        is_rest && it.revision == crate::model::Revision { entries: entries.clone(), ..draft.revision.clone() }
    });
    if again.is_none() {
        return Err(Failure::input("the draft cannot take these entries without changing what else it says")
            .hint("write every entry of it under a heading `[[entry]]` of its own; nothing was written"));
    }
    write(args, &changes, &written, screen)
}

fn read_draft(path: &Path, text: &str, state: &State) -> Result<Draft, Failure> {
    read_draft_against(text, state).map_err(|mistakes| {
        let text: Arc<str> = text.into();
        let finding = |diagnostic| Finding { path: path.to_owned(), text: Arc::clone(&text), diagnostic };
        mistakes.into_iter().map(finding).collect::<Vec<_>>().into()
    })
}

fn read_sheet(args: &ImportTableArgs) -> Result<Sheet, Failure> {
    let path = &args.table;
    let (kind, limits) = (Kind::of(path)?, Limits::USUAL);
    // A file that is too large is not even read.
    let size = fs::metadata(path).map_err(|it| of_file(path, &it))?.len();
    if limits.file < size {
        let message = format!("`{}` is larger than {} MB", path.display(), limits.file >> 20);
        return Err(Failure::input(message).hint("take out what is not entries"));
    }
    let bytes = read_within(path, limits.file).map_err(|it| of_file(path, &it))?;
    let sheet = match (kind, &args.sheet) {
        (Kind::Csv, None) => read_csv(&bytes, limits),
        (Kind::Csv, Some(_)) => {
            return Err(Failure::input("a CSV file has no sheets").hint("leave `--sheet` out"));
        }
        (Kind::Xlsx, sheet) => read_xlsx(&bytes, sheet.as_deref(), limits),
    };
    sheet.map_err(|it| in_file(path, it))
}

fn in_file(path: &Path, mut mistakes: Mistakes) -> Failure {
    for it in &mut mistakes.named {
        // A place follows the name of the file as it does in one's speech.
        let has_place = it.sheet.is_some() || it.row.is_some();
        if !has_place {
            it.message = format!("`{}`: {}", path.display(), it.message);
        }
    }
    mistakes.into()
}

fn unspliced(error: &SpliceError) -> Failure {
    let hint = match error {
        SpliceError::HasBase(_) => "write the whole list with `neglist draft LIST -o FILE`, and import into that",
        SpliceError::NotTables => "write each under a heading `[[entry]]` of its own",
    };
    Failure::input(error.to_string()).hint(hint)
}

fn write(args: &ImportTableArgs, changes: &Changes, written: &str, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let is_shown = args.is_written_out();
    let file = match &args.output {
        Some(_) if is_shown => None,
        Some(path) => {
            create(path, written.as_bytes())?;
            Some(path)
        }
        None if args.write => {
            replace(&args.into, written)?;
            Some(&args.into)
        }
        None => None,
    };
    match screen.format {
        Format::Json => {
            let file = file.map(|it| it.display().to_string());
            let mut document = json(changes, screen.language);
            document.insert("file".to_owned(), json!(file));
            document.insert("text".to_owned(), json!(is_shown.then_some(written)));
            screen.json(&Json::Object(document))?;
        }
        Format::Text if is_shown => {
            let review = review(changes, screen.language);
            screen.err.write_all(review.as_bytes())?;
            screen.out.write_all(written.as_bytes())?;
        }
        Format::Text => {
            let review = review(changes, screen.language);
            screen.out.write_all(review.as_bytes())?;
        }
    }
    match file {
        Some(path) => screen.note(&format!("wrote `{}`", path.display()))?,
        None if is_shown || screen.format == Format::Json => {}
        None => screen.note("nothing was written; `--write` changes the draft, `-o FILE` writes another")?,
    }
    Ok(exit::DONE)
}

/// Puts a file in the place of another at once: whoever stops in between
/// still has the old one.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = path.with_file_name(format!(".{name}.new"));
    let replaced = fs::write(&aside, text).and_then(|()| fs::rename(&aside, path));
    replaced.map_err(|it| {
        // What lies aside is of no use to anybody.
        let _ = fs::remove_file(&aside);
        of_file(path, &it)
    })
}

fn review(changes: &Changes, language: Language) -> String {
    let say = |en: &'static str, zh: &'static str| match language {
        Language::En => en,
        Language::Zh => zh,
    };
    let mut lines = Vec::new();
    for (word, entries) in [(say("added", "新增"), &changes.added), (say("removed", "删除"), &changes.removed)] {
        for it in entries {
            lines.push(format!("{word}  {}  {}, {}", it.id, effect_word(&it.effect, language), it.cite));
            lines.push(format!("    {}", it.note.in_language(language)));
        }
    }
    for it in &changes.changed {
        lines.push(format!("{}  {}", say("changed", "变更"), it.id));
        for (column, before, after) in &it.cells {
            let nothing = say("(nothing)", "（空）");
            let shown = |it: &str| if it.is_empty() { nothing.to_owned() } else { it.replace('\n', " ") };
            lines.push(format!("    {}", column.name(language)));
            lines.push(format!("      - {}", shown(before)));
            lines.push(format!("      + {}", shown(after)));
        }
    }
    if !changes.is_empty() {
        lines.push(String::new());
    }
    let (added, removed) = (changes.added.len(), changes.removed.len());
    let (changed, unchanged) = (changes.changed.len(), changes.unchanged);
    lines.push(match language {
        Language::En => format!("{added} added, {removed} removed, {changed} changed, {unchanged} unchanged"),
        Language::Zh => format!("新增{added}条，删除{removed}条，变更{changed}条，未变{unchanged}条"),
    });
    lines.join("\n") + "\n"
}

fn json(changes: &Changes, language: Language) -> serde_json::Map<String, Json> {
    let ids = |all: &[Arc<Entry>]| all.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
    let cell = |(column, before, after): &(Column, String, String)| json!({"column": column.name(Language::En), "before": before, "after": after});
    let changed: Vec<_> = changes
        .changed
        .iter()
        .map(|it| json!({"entry": it.id.as_str(), "cells": it.cells.iter().map(cell).collect::<Vec<_>>()}))
        .collect();
    // The cells are in the language of the run: they are what a table would say.
    let language = match language {
        Language::En => "en",
        Language::Zh => "zh",
    };
    let fields = [
        ("added", json!(ids(&changes.added))),
        ("removed", json!(ids(&changes.removed))),
        ("changed", json!(changed)),
        ("unchanged", json!(changes.unchanged)),
        ("language", json!(language)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
