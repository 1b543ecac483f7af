//! `neglist snapshot`

use std::path::Path;

use crate::canon::head_json;
use crate::catalog::read_folder;
use crate::cli::args::{Format, SnapshotArgs, SnapshotCommand};
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection};
use crate::journal::snapshot;
use crate::model::Head;
use crate::registry::{self, Publisher, records_of};

pub(super) fn run(args: &SnapshotArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    match &args.command {
        SnapshotCommand::Build { catalog, output } => build(catalog, output, screen)?,
        SnapshotCommand::Export { output } => export(&selection::folder(registry, screen)?, output, screen)?,
        SnapshotCommand::Import { file } => {
            let root = selection::new_folder(registry, screen, "snapshot import")?;
            import(file, &root, screen)?;
        }
        SnapshotCommand::Verify { file } => {
            let unpacked = snapshot::read(&selection::read_file(file)?)?;
            report(&unpacked.head, screen.say("verified", "已验证"), screen)?;
        }
    }
    Ok(exit::DONE)
}

fn build(catalog: &Path, output: &Path, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if !catalog.is_dir() {
        return Err(Failure::input(format!("no catalog folder at `{}`", catalog.display())));
    }
    let sources = read_folder(catalog)?;
    let (head, records) = records_of(&sources)?;
    let bytes = snapshot::write(&head, records.iter().map(crate::canon::Record::line))?;
    selection::write_file(output, &bytes)?;
    report(&head, screen.say("built", "已构建"), screen)
}

fn export(root: &Path, output: &Path, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let (head, bytes) = registry::export(root)?;
    selection::write_file(output, &bytes)?;
    report(&head, screen.say("exported", "已导出"), screen)
}

fn import(file: &Path, root: &Path, screen: &mut Screen<'_>) -> Result<(), Failure> {
    let unpacked = snapshot::read(&selection::read_file(file)?)?;
    Publisher::create(root, &unpacked.records, &unpacked.head.origin)?;
    report(&unpacked.head, screen.say("imported", "已导入"), screen)
}

/// Writes which registry came out of a command, and how far it is.
pub(super) fn report(head: &Head, done: &str, screen: &mut Screen<'_>) -> Result<(), Failure> {
    if screen.format == Format::Json {
        return screen.json(&head_json(head));
    }
    let Head { origin, size, hash } = head;
    let line = match screen.language {
        crate::model::Language::En => format!("{done}: {origin}, {size} records, head {hash}"),
        crate::model::Language::Zh => format!("{done}：{origin}，{size}条记录，链头{hash}"),
    };
    writeln!(screen.out, "{line}")?;
    Ok(())
}
