//! `neglist draft` and `neglist new-list`

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::catalog::table::{write_csv, write_xlsx};
use crate::catalog::{draft, read_revision, starter};
use crate::cli::args::Format;
use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit, history};
use crate::model::{At, InForce, Issued, List, ListId, Revision, State};
use crate::registry::Registry;

/// Write the next revision of a list as a file to edit
///
/// It is the whole list as it is in force today, with the next version, today's dates and a
/// summary still to be written. `neglist lint` checks what was edited, `neglist publish` shows
/// what it changes and publishes it.
#[derive(Args, Debug)]
pub(super) struct DraftArgs {
    /// The list, such as CN/cross-border-transfer
    list: String,
    /// Begin with this version; the one in force if left out
    #[arg(long, value_name = "VERSION")]
    from: Option<String>,
    /// Where to write it, a file that does not exist yet; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the entries as a table, .csv or .xlsx (`-` for CSV on standard output)
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// Write a commented file for a list that does not exist yet
///
/// It can be read, linted and published as it stands; the lines marked with FILL IN hold
/// examples.
#[derive(Args, Debug)]
pub(super) struct NewListArgs {
    /// The place and a name for the list, such as ZM/data-transfers
    #[arg(value_name = "PLACE/NAME")]
    list: String,
    /// Where to write it, a file that does not exist yet; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the example entries as a table, .csv or .xlsx (`-` for CSV on standard output)
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

pub(super) fn run(args: &DraftArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let list = history::find_list(state, &args.list)?;
    let from = from(list, args.from.as_deref(), screen)?;
    let drafted = draft(list, from, screen.surroundings.today.date(), &state.vocabulary, screen.language);
    let written = Written { output: args.output.as_deref(), table: args.table.as_deref() };
    written.write(&drafted.revision, &drafted.text, state, screen)
}

/// Writes a file for a new list.
pub(super) fn new_list(args: &NewListArgs, registry: &Registry, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let state = registry.state();
    let list: ListId = args.list.parse().map_err(|it: crate::model::id::MalformedId| {
        Failure::input(it.to_string()).hint("write it as PLACE/NAME, such as `ZM/data-transfers`")
    })?;
    if let Some(mistake) = state.place_mistake(&list.jurisdiction()) {
        return Err(vec![mistake].into());
    }
    if state.lists.contains_key(&list) {
        return Err(Failure::input(format!("the list `{list}` exists"))
            .hint(format!("draft its next revision with `neglist draft {list}`")));
    }
    let text = starter(&list, &state.places, screen.surroundings.today.date(), screen.language);
    let revision = read_revision(&text, &state.vocabulary, |_| None).map_err(|mistakes| {
        // The examples name facts that another registry may not have.
        let messages: Vec<_> = mistakes.into_iter().map(|it| it.message).collect();
        Failure::input(format!("the examples do not fit this registry: {}", messages.join("; ")))
    })?;
    let written = Written { output: args.output.as_deref(), table: args.table.as_deref() };
    written.write(&revision, &text, state, screen)
}

fn from<'a>(list: &'a List, version: Option<&str>, screen: &Screen<'_>) -> Result<&'a Issued, Failure> {
    if let Some(version) = version {
        return history::find_version(list, version);
    }
    let today = screen.surroundings.today.date();
    match list.in_force(At(today), None) {
        InForce::Yes(issued) => Ok(issued),
        InForce::NotYet | InForce::Lapsed(_) => {
            let message = format!("no revision of `{}` is in force on {today}", list.id);
            Err(Failure::input(message).hint("say which one to begin with, with `--from VERSION`"))
        }
    }
}

/// Where a draft goes.
struct Written<'a> {
    output: Option<&'a Path>,
    table: Option<&'a Path>,
}

impl Written<'_> {
    fn write(&self, revision: &Revision, text: &str, state: &State, screen: &mut Screen<'_>) -> Result<u8, Failure> {
        // Both are made, and nothing is in the way of either, before one is
        // written.
        let table = self.table.map(|it| table(it, revision, state, screen)).transpose()?;
        if let Some(path) = [self.output, self.table].into_iter().flatten().find(|it| it.exists()) {
            return Err(in_the_way(path));
        }
        if let Some(path) = self.output {
            create(path, text.as_bytes())?;
        }
        if let (Some(path), Some(bytes)) = (self.table, &table) {
            if path == Path::new("-") {
                screen.out.write_all(bytes)?;
            } else {
                create(path, bytes)?;
            }
        }
        let files: Vec<_> =
            [self.output, self.table.filter(|it| *it != Path::new("-"))].into_iter().flatten().collect();
        let files: Vec<_> = files.iter().map(|it| it.display().to_string()).collect();
        match screen.format {
            Format::Json => {
                let text = if self.output.is_none() && self.table.is_none() { Some(text) } else { None };
                screen.json(&json!({
                    "list": revision.list.as_str(),
                    "version": revision.version.to_string(),
                    "entries": revision.entries.len(),
                    "files": files,
                    "text": text,
                }))?;
            }
            Format::Text if self.output.is_none() && self.table.is_none() => screen.out.write_all(text.as_bytes())?,
            Format::Text => {
                for file in files {
                    screen.note(&format!("wrote {} {} to `{file}`", revision.list, revision.version))?;
                }
            }
        }
        Ok(exit::DONE)
    }
}

fn table(path: &Path, revision: &Revision, state: &State, screen: &Screen<'_>) -> Result<Vec<u8>, Failure> {
    let (vocabulary, language) = (&state.vocabulary, screen.language);
    if path == Path::new("-") {
        if screen.format == Format::Json {
            return Err(Failure::input("a table on standard output is CSV, and no JSON").hint("name a file"));
        }
        let table = write_csv(revision, vocabulary, language);
        // The mark at the beginning is for spreadsheets that open a file.
        return Ok(table.trim_start_matches('\u{feff}').as_bytes().to_vec());
    }
    match Kind::of(path)? {
        Kind::Csv => Ok(write_csv(revision, vocabulary, language).into_bytes()),
        Kind::Xlsx => write_xlsx(revision, vocabulary, screen.surroundings.today.date(), language).map_err(|it| {
            Failure::input(format!("the entries do not fit a workbook: {it}")).hint("write them as .csv")
        }),
    }
}

/// What kind of table a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    /// Tells the kind from the name.
    pub(super) fn of(path: &Path) -> Result<Kind, Failure> {
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_lowercase();
        match extension.as_str() {
            "csv" => Ok(Kind::Csv),
            "xlsx" => Ok(Kind::Xlsx),
            _ => {
                let message = format!("`{}` is no table: its name ends neither in .csv nor in .xlsx", path.display());
                Err(Failure::input(message).hint("save older workbooks (.xls, .ods) as .xlsx"))
            }
        }
    }
}

/// Writes a file that does not exist yet.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(path).map_err(|it| {
            if it.kind() == io::ErrorKind::AlreadyExists { in_the_way(path) } else { of_file(path, &it) }
        })?;
    file.write_all(bytes)?;
    Ok(())
}

fn in_the_way(path: &Path) -> Failure {
    Failure::input(format!("`{}` exists, and nothing was written", path.display()))
        .hint("name a file that does not exist yet")
}
