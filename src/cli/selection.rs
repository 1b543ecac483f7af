//! Which registry a command is about.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::journal::{self, snapshot};
use crate::model::Head;
use crate::registry::{Freshness, Glance, Publisher, ReceiptError, Registry};

/// The registry that comes with the program.
const BUNDLED: &[u8] = include_bytes!("../../snapshots/bundled.jsonl.zst");

/// Its head, as it was signed for its release.
const CHECKPOINT: &str = include_str!("../../snapshots/bundled.checkpoint");

/// Opens the registry that was named; without a name, the one that comes with
/// the program, which is made on first use.
pub(super) fn open(named: Option<&str>, screen: &mut Screen<'_>) -> Result<Registry, Failure> {
    let registry = match chosen(named, screen)? {
        Choice::Named(root) => Registry::open(&root)?,
        Choice::Bundled(root) => open_bundled(&root, screen)?,
    };
    match registry.freshness().clone() {
        Freshness::Index | Freshness::Memory => {}
        Freshness::Rebuilt(mended) => {
            for it in mended {
                screen.note(&format!("{it} (`{}`)", registry.root().display()))?;
            }
        }
        Freshness::Journal => {
            screen.note("answering from the journal, since another process holds the registry")?;
        }
        Freshness::ReadOnly(why) => {
            screen.note(&format!("answering from the journal, since the registry cannot be written ({why})"))?;
        }
    }
    Ok(registry)
}

/// Looks at the registry that was named, for one question; `None` where it
/// has to be opened.
pub(super) fn glance(named: Option<&str>, screen: &Screen<'_>) -> Result<Option<Glance>, Failure> {
    Ok(match chosen(named, screen)? {
        Choice::Named(root) | Choice::Bundled(root) => Glance::at(&root),
    })
}

/// Returns the folder of the registry that was named, making the bundled one
/// if that is meant.
pub(super) fn folder(named: Option<&str>, screen: &mut Screen<'_>) -> Result<PathBuf, Failure> {
    match chosen(named, screen)? {
        Choice::Named(root) => Ok(root),
        Choice::Bundled(root) => {
            open_bundled(&root, screen)?;
            Ok(root)
        }
    }
}

/// Returns the folder of a registry that is one's own to write.
pub(super) fn own_folder(named: Option<&str>, screen: &Screen<'_>) -> Result<PathBuf, Failure> {
    match chosen(named, screen)? {
        Choice::Named(root) => Ok(root),
        Choice::Bundled(_) => Err(not_to_be_written()),
    }
}

/// Returns the folder of the registry that was named. In the bundled one lies
/// the checkpoint that comes with the program.
pub(super) fn signed_folder(named: Option<&str>, screen: &mut Screen<'_>) -> Result<PathBuf, Failure> {
    let root = folder(named, screen)?;
    let is_bundled = matches!(chosen(named, screen)?, Choice::Bundled(_));
    if is_bundled && journal::signed_checkpoint(&root)?.as_deref() != Some(CHECKPOINT) {
        journal::keep_checkpoint(&root, CHECKPOINT)?;
    }
    Ok(root)
}

/// Returns the signed checkpoint of the registry that was named.
pub(super) fn checkpoint(named: Option<&str>, screen: &mut Screen<'_>) -> Result<String, Failure> {
    let root = signed_folder(named, screen)?;
    let note = journal::signed_checkpoint(&root)?;
    Ok(note.ok_or(ReceiptError::Unsigned(root))?)
}

enum Choice {
    Named(PathBuf),
    Bundled(PathBuf),
}

fn chosen(named: Option<&str>, screen: &Screen<'_>) -> Result<Choice, Failure> {
    let named = named.or(screen.surroundings.registry.as_deref());
    match named {
        Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
            let message = format!("`{url}` is an address, and this version reads registries from folders only");
            Err(Failure::input(message).hint("name a folder, or import a snapshot of that registry"))
        }
        Some("") => Err(Failure::input("the path of the registry is empty")),
        Some(path) => Ok(Choice::Named(PathBuf::from(path))),
        None => Ok(Choice::Bundled(bundled_folder(screen)?)),
    }
}

/// Each bundled registry has a folder of its own, so that another version of
/// the program never finds one that is not its own.
fn bundled_folder(screen: &Screen<'_>) -> Result<PathBuf, Failure> {
    let Head { hash, .. } = snapshot::read_head(BUNDLED)?;
    let short: String = hash.to_string().chars().take(16).collect();
    let data = data_folder(screen).map_err(|it| it.hint("or name a registry with `--registry`"))?;
    Ok(data.join(format!("bundled-{short}")))
}

/// Returns the folder for what the program keeps of a user.
pub(super) fn data_folder(screen: &Screen<'_>) -> Result<PathBuf, Failure> {
    let data = screen.surroundings.data_folder.as_ref();
    let data = data.ok_or_else(|| Failure::input("there is no folder for your data").hint("set HOME"))?;
    Ok(data.join("neglist"))
}

fn open_bundled(root: &Path, screen: &mut Screen<'_>) -> Result<Registry, Failure> {
    if root.exists() {
        return Ok(Registry::open(root)?);
    }
    let unpacked = snapshot::read(BUNDLED)?;
    screen.note(&format!("making the bundled registry in `{}`", root.display()))?;
    // The publisher lets go of the registry before it is opened.
    let created = Publisher::create(root, &unpacked.records, &unpacked.head.origin).map(drop);
    match created {
        Ok(()) => Ok(Registry::open(root)?),
        // Another process had the same idea and was first.
        Err(_) if root.exists() => Ok(Registry::open(root)?),
        Err(error) => {
            screen.note(&format!("the registry could not be kept ({error}); answering from memory"))?;
            let registry = Registry::in_memory(root, &unpacked.chains);
            registry.ok_or_else(|| Failure::input("the bundled registry has no catalog"))
        }
    }
}

/// Opens the registry that was named for writing. The bundled one is nobody's
/// to write.
pub(super) fn publisher(named: Option<&str>, screen: &mut Screen<'_>) -> Result<Publisher, Failure> {
    match chosen(named, screen)? {
        Choice::Named(root) => {
            let publisher = Publisher::open(&root)?;
            for it in publisher.mended() {
                screen.note(it)?;
            }
            Ok(publisher)
        }
        Choice::Bundled(_) => Err(not_to_be_written()),
    }
}

fn not_to_be_written() -> Failure {
    Failure::input("the registry that comes with the program is not to be written")
        .hint("name yours with `--registry`, or make one with `neglist init`")
}

/// Returns the folder in which a command makes a registry.
pub(super) fn new_folder(named: Option<&str>, screen: &Screen<'_>, command: &str) -> Result<PathBuf, Failure> {
    let root = match chosen(named, screen)? {
        Choice::Named(root) => root,
        Choice::Bundled(_) => {
            return Err(Failure::input(format!("`{command}` makes a registry, and needs to know where"))
                .hint("name a folder that does not exist yet with `--registry`"));
        }
    };
    if root.exists() {
        return Err(Failure::input(format!("`{}` exists, and nothing was written", root.display()))
            .hint("name a folder that does not exist yet"));
    }
    Ok(root)
}

/// Returns the records that come with the program.
pub(super) fn bundled() -> Result<snapshot::Unpacked, Failure> {
    Ok(snapshot::read(BUNDLED)?)
}

/// Reads a file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|it| super::failure::of_file(path, &it))
}

/// Writes a file aside and renames it, so that a half-written one never has
/// its name.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let aside = path.with_extension("new");
    let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path));
    written.map_err(|it| super::failure::of_file(path, &it))
}
