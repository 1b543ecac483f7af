//! Which registry a command is about.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::catalog::read_within;
use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::client::Remote;
use crate::journal::{self, CopyOf, LogFolder, Original, snapshot};
use crate::log::{ServedError, ServedLog};
use crate::model::Head;
use crate::registry::{self, Freshness, Glance, MirrorError, PublishError, Publisher, ReceiptError, Registry};

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
        Choice::Remote(remote) => Registry::open(&mirrored(&remote, screen)?)?,
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
pub(super) fn glance(named: Option<&str>, screen: &mut Screen<'_>) -> Result<Option<Glance>, Failure> {
    Ok(match chosen(named, screen)? {
        Choice::Named(root) | Choice::Bundled(root) => Glance::at(&root),
        Choice::Remote(remote) => Glance::at(&mirrored(&remote, screen)?),
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
        Choice::Remote(remote) => mirrored(&remote, screen),
    }
}

/// Returns the folder of a registry that is one's own to write.
pub(super) fn own_folder(named: Option<&str>, screen: &mut Screen<'_>) -> Result<PathBuf, Failure> {
    match chosen(named, screen)? {
        Choice::Named(root) => Ok(root),
        Choice::Bundled(_) => Err(not_to_be_written()),
        Choice::Remote(remote) => Err(not_from_afar(&remote)),
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
    Remote(Remote),
}

fn chosen(named: Option<&str>, screen: &Screen<'_>) -> Result<Choice, Failure> {
    let named = named.or(screen.surroundings.registry.as_deref());
    match named {
        Some(url) if Remote::is_meant(url) => Ok(Choice::Remote(Remote::new(url)?)),
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

/// Returns the folder with the copy of a registry that is served elsewhere,
/// which is brought up to its head first. So every command answers as it does
/// from a folder, and no question leaves the machine.
fn mirrored(remote: &Remote, screen: &mut Screen<'_>) -> Result<PathBuf, Failure> {
    if let Some(root) = &screen.mirrored {
        return Ok(root.clone());
    }
    let root = data_folder(screen)?.join("remote").join(journal::file_name(remote.address()));
    match registry::mirror(remote, &root, None) {
        Ok(mirrored) => {
            Original::new(remote.address(), (screen.surroundings.clock)()).write(&root)?;
            if let Some(shown) = mirrored.behind {
                let (size, address) = (mirrored.head.size, remote.address());
                screen.note(&format!(
                    "{address} shows {shown} records, and {size} were seen before: it is out of date"
                ))?;
            }
        }
        // What cannot be reached is answered for by what was seen of it.
        Err(MirrorError::Served(ServedError::Io(error))) if root.exists() => {
            let seen = Original::read(&root).and_then(|it| Timestamp::from_second(it.verified.cast_signed()).ok());
            let seen = seen.map(|it| format!(", as it was seen at {it}")).unwrap_or_default();
            screen.note(&format!("answering from the copy of {}{seen}: {error}", remote.address()))?;
        }
        // Somebody else brings it up at this moment.
        Err(MirrorError::Publish(PublishError::Held { .. })) if root.exists() => {}
        Err(error) => return Err(error.into()),
    }
    screen.mirrored = Some(root.clone());
    Ok(root)
}

/// Returns the log that is served at an address, or lies in a folder. `hint`
/// says what else to name where there is neither.
pub(super) fn served_log(named: &str, hint: &str) -> Result<Box<dyn ServedLog>, Failure> {
    let folder = Path::new(named);
    if Remote::is_meant(named) {
        Ok(Box::new(Remote::new(named)?))
    } else if folder.is_dir() {
        Ok(Box::new(LogFolder::of(folder)))
    } else {
        Err(Failure::input(format!("no folder at `{named}`")).hint(hint))
    }
}

/// Where revisions are published: in a folder, or at a server.
pub(super) enum Desk {
    /// A registry of one's own.
    Own(Publisher),
    /// A registry that is served elsewhere, with the copy that says what would
    /// come next.
    Remote(Remote, Publisher),
}

/// Opens the registry that was named for publishing revisions, here or at a
/// server.
pub(super) fn desk(named: Option<&str>, screen: &mut Screen<'_>) -> Result<Desk, Failure> {
    match chosen(named, screen)? {
        Choice::Remote(remote) => {
            let root = mirrored(&remote, screen)?;
            Ok(Desk::Remote(remote, Publisher::open(&root)?))
        }
        Choice::Named(_) | Choice::Bundled(_) => Ok(Desk::Own(publisher(named, screen)?)),
    }
}

/// Opens the registry that was named for writing. The bundled one is nobody's
/// to write.
pub(super) fn publisher(named: Option<&str>, screen: &mut Screen<'_>) -> Result<Publisher, Failure> {
    match chosen(named, screen)? {
        Choice::Named(root) => {
            let publisher = match CopyOf::read(&root)? {
                None => Publisher::open(&root)?,
                Some(it) => {
                    let mut publisher = Publisher::join(&root, journal::open_shared(&it.address)?)?;
                    publisher.catch_up()?;
                    publisher
                }
            };
            for it in publisher.mended() {
                screen.note(it)?;
            }
            Ok(publisher)
        }
        Choice::Bundled(_) => Err(not_to_be_written()),
        Choice::Remote(remote) => Err(not_from_afar(&remote)),
    }
}

fn not_from_afar(remote: &Remote) -> Failure {
    Failure::input(format!("this is done where the registry lies, and not from afar at {}", remote.address()))
        .hint("from afar, `publish` and `withdraw` send signed revisions, where the server takes them")
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
        Choice::Remote(remote) => return Err(not_from_afar(&remote)),
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

/// No file is read whole that is larger, in bytes: the bundled snapshot is a
/// hundredth of it.
const MOST_FILE: u64 = 256 << 20;

/// Reads a file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read_within(path, MOST_FILE).map_err(|it| super::failure::of_file(path, &it))
}

/// Writes a file aside and renames it, so that a half-written one never has
/// its name.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let aside = path.with_extension("new");
    let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path));
    written.map_err(|it| super::failure::of_file(path, &it))
}
