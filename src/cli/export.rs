//! `neglist export`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::export_entries::{self, TableKind};
use crate::cli::export_linked::{self, Linked, LinkedArgs};
use crate::cli::export_policies::{self, Policies};
use crate::cli::export_schemas::{self, SchemasArgs};
use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit, lists, selection, snapshot};
use crate::document::{categories_json, history_json, lists_json, revision_json};
use crate::export::Revisions;
use crate::journal::beside;
use crate::model::{At, State};
use crate::registry::{SiteFile, log_files};
use crate::server;

/// Write the registry in the formats that others read
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    command: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Write plain files that any host serves: the log, lists as JSON, and feeds
    ///
    /// `neglist mirror` and `neglist watch` follow them as they follow a server, and
    /// `--registry URL` reads them. Run it again after publishing: what was written before is
    /// not changed, but for the heads.
    Static {
        /// The folder to write to
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Write entries as one table, a row an entry: CSV, a workbook, or Parquet
    ///
    /// By the ending of the file's name, or as CSV to standard output. Those of the revisions in
    /// force, unless `--all` is given.
    Entries {
        /// The file to write to
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// What to write
        #[arg(long = "as", value_name = "FORMAT")]
        kind: Option<TableKind>,
        /// What is in force on this day; today if left out
        #[arg(long, value_name = "DATE")]
        at: Option<String>,
        /// Every revision, past, waiting, dormant and withdrawn ones too
        #[arg(long)]
        all: bool,
    },
    /// Write a bundle for policy engines that read Rego, such as OPA: data, policy, manifest
    ///
    /// The input is a question as `neglist batch` reads it, and `data.neglist.answer` is what it
    /// comes to.
    Opa {
        /// The folder to write to
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Write what is in force on a day as policies of Cedar: policies, schema, entities
    ///
    /// The action `leave` is allowed where the data may leave with no further step. What the
    /// others mean, and how a question becomes a request, is in docs/exports.md.
    Cedar {
        /// The folder to write to
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// What is in force on this day; today if left out
        #[arg(long, value_name = "DATE")]
        at: Option<String>,
    },
    /// Write the catalog as SKOS: categories, facts and places
    Skos(LinkedArgs),
    /// Write the lists with all their revisions as DCAT 3
    Dcat(LinkedArgs),
    /// Write what is in force on a day as policies of ODRL 2.2
    ///
    /// The policies say what entries say; `neglist ask` says what becomes of a question. What
    /// ODRL has no words for is in docs/exports.md.
    Odrl {
        /// What is in force on this day; today if left out
        #[arg(long, value_name = "DATE")]
        at: Option<String>,
        #[command(flatten)]
        linked: LinkedArgs,
    },
    /// Write the JSON Schemas of what is read and written
    Schemas(SchemasArgs),
    /// Write our own terms, which the others name
    Vocabulary(LinkedArgs),
}

pub(super) fn run(args: &ExportArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        ExportCommand::Static { folder } => write_static(folder, registry, screen),
        ExportCommand::Entries { file, kind, at, all } => {
            let at = lists::day(at.as_deref(), screen)?;
            let which = if *all { Revisions::All } else { Revisions::InForce };
            export_entries::run(file.as_deref(), *kind, at, which, registry, screen)
        }
        ExportCommand::Opa { folder } => export_policies::run(Policies::Opa, folder, registry, screen),
        ExportCommand::Cedar { folder, at } => {
            let at = lists::day(at.as_deref(), screen)?;
            export_policies::run(Policies::Cedar(at), folder, registry, screen)
        }
        ExportCommand::Skos(linked) => export_linked::run(Linked::Skos, linked, registry, screen),
        ExportCommand::Dcat(linked) => export_linked::run(Linked::Dcat, linked, registry, screen),
        ExportCommand::Odrl { at, linked } => {
            let at = lists::day(at.as_deref(), screen)?;
            export_linked::run(Linked::Odrl(at), linked, registry, screen)
        }
        ExportCommand::Schemas(args) => export_schemas::run(args, screen),
        ExportCommand::Vocabulary(linked) => export_linked::run(Linked::Vocabulary, linked, registry, screen),
    }
}

fn write_static(folder: &Path, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let root = selection::signed_folder(registry, screen)?;
    let (chains, log) = log_files(&root)?;
    let state = chains.state().ok_or_else(|| Failure::input("the registry has no catalog"))?;
    let mut files = documents(&state, At(screen.surroundings.today.date()));
    files.extend(server::feeds(&root, screen.surroundings.clock)?);
    files.extend(log);
    write_files(folder, &files, &state, screen)
}

/// Writes files below a folder, and says of which head they are.
pub(super) fn write_files(
    folder: &Path,
    files: &[SiteFile],
    state: &State,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    for (path, bytes) in files {
        write(&folder.join(path), bytes)?;
    }
    if screen.format == Format::Json {
        screen.json(&json!({"files": files.len(), "registry": head_json(&state.head)}))?;
    } else {
        snapshot::report(&state.head, screen.say("exported", "已导出"), screen)?;
    }
    Ok(exit::DONE)
}

/// Returns lists, revisions and catalog as the server answers with them.
fn documents(state: &State, today: At) -> Vec<SiteFile> {
    let bytes = |it: serde_json::Value| format!("{it:#}\n").into_bytes();
    let categories: Vec<_> = state.categories.iter().collect();
    let mut files = vec![
        ("lists.json".to_owned(), bytes(lists_json(state.lists.values(), today, state))),
        ("categories.json".to_owned(), bytes(categories_json(&categories, state))),
    ];
    for list in state.lists.values() {
        files.push((format!("lists/{}.json", list.id), bytes(history_json(list, today, state))));
        for issued in &list.revisions {
            let path = format!("lists/{}/{}.json", list.id, issued.revision.version);
            // What was published stays as it is: no word of how far the registry
            // is by now.
            let mut revision = revision_json(list, issued, state);
            revision.as_object_mut().map(|it| it.shift_remove("registry"));
            files.push((path, bytes(revision)));
        }
    }
    files
}

/// Writes a file whole or not at all. One that has these bytes stays as it is,
/// so that hosts see what changed.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unusable = |it: std::io::Error| of_file(path, &it);
    if std::fs::read(path).is_ok_and(|it| it == bytes) {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(unusable)?;
    let aside = beside(path, "new");
    std::fs::write(&aside, bytes).and_then(|()| std::fs::rename(&aside, path)).map_err(unusable)
}
