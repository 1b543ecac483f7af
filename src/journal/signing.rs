//! Signing the head of a registry's log, and keeping what is signed.
//!
//! A log that signs two heads of which neither continues the other has lied
//! to somebody. So the last head that a key signed is kept beside the key, and
//! not in the registry: a registry that was restored from a backup, or copied
//! and gone on with twice, is refused.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::canon::{Chains, LogLeaf, RecordHead, SecretKey};
use crate::journal::disk::{make_folders, replace_durably};
use crate::journal::{Disk, JournalLines, Lock, LockError, OpenError, RealDisk, Verified, beside, read_folder};
use crate::log::{Checkpoint, InvalidCheckpoint, LogKey, LogTree, ServedLog, TILE_WIDTH};
use crate::model::Head;

/// Where the log lies in a registry, as C2SP tlog-tiles lays it out.
const LOG: &str = "log";
const CHECKPOINT: &str = "log/checkpoint";

/// Why a head was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The journal cannot be opened.
    #[error("the journal cannot be opened")]
    Open(#[from] OpenError),
    /// Another process signs with this key.
    #[error("another process signs with this key: {0}")]
    Held(String),
    /// Nothing says what this key signed before.
    #[error("nothing says what this key signed before: there is no `{}`", .0.display())]
    NoMemory(PathBuf),
    /// Something says what this key signed before, and it was to be the first.
    #[error("this key has signed before: `{}` says what", .0.display())]
    NotFirst(PathBuf),
    /// What this key signed before cannot be read.
    #[error("`{}` does not say what this key signed before: {source}", .path.display())]
    Memory {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidCheckpoint,
    },
    /// The registry does not continue what this key signed before.
    #[error(
        "this key signed a log of {signed} records, and the registry, with {found}, does not continue it: to sign would be a fork"
    )]
    Fork {
        /// How many records the last signed head has.
        signed: u64,
        /// How many the registry has.
        found: u64,
    },
    /// A file could not be read or written.
    #[error("the log could not be written")]
    Io(#[from] io::Error),
}

/// Returns the signed checkpoint of a registry, if there is one.
pub fn signed_checkpoint(root: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(root.join(CHECKPOINT)) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a checkpoint that somebody else signed into a registry.
pub fn keep_checkpoint(root: &Path, note: &str) -> io::Result<()> {
    make_folders(&root.join(LOG))?;
    RealDisk::new(root).replace(CHECKPOINT, note.as_bytes())
}

/// The log of a registry in a folder, or of a static copy.
#[derive(Clone, Debug)]
pub struct LogFolder(PathBuf);

impl LogFolder {
    /// Looks at the log of a registry.
    pub fn of(root: &Path) -> LogFolder {
        LogFolder(root.join(LOG))
    }
}

impl ServedLog for LogFolder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        RealDisk::new(&self.0).read(path)
    }
}

/// Returns the tree of a registry's log, whose every record is verified anew.
pub fn log_tree(root: &Path) -> Result<LogTree, OpenError> {
    Ok(LogTree::new(read_folder(&RealDisk::new(root))?.log()))
}

/// Keeps a signed head that somebody else made, with the tiles that it rests
/// on. Whoever calls has compared its root with that of these chains.
pub fn keep_signed(root: &Path, chains: &Chains, note: &str) -> io::Result<()> {
    keep(root, &JournalLines::find(root, chains.size())?, &LogTree::new(chains.log()), note)
}

fn keep(root: &Path, lines: &JournalLines, tree: &LogTree, note: &str) -> io::Result<()> {
    let overtaken = write_tiles(root, lines, tree)?;
    keep_checkpoint(root, note)?;
    // Whoever has an earlier head falls back on the whole, and the next head
    // tries again where this fails.
    overtaken.iter().for_each(|parts| drop(fs::remove_dir_all(parts)));
    Ok(())
}

/// Returns the file beside a key that says what it signed last.
pub fn memory_of(key_file: &Path) -> PathBuf {
    beside(key_file, "signed")
}

/// Signs the head of a registry, whose every record is verified anew, and
/// writes checkpoint and tiles. `is_first` is said of a key that never signed.
pub fn sign_head(
    root: &Path,
    key: &SecretKey,
    key_file: &Path,
    is_first: bool,
) -> Result<(Checkpoint, String), SignError> {
    let _lock = take_lock(key_file)?;
    let chains = read_folder(&RealDisk::new(root))?;
    sign(root, &chains, &JournalLines::find(root, chains.size())?, key, key_file, is_first)
}

/// Signs a head of a registry with a key that signed before, and writes
/// checkpoint and tiles. `lines` are those of its journal up to there, and
/// `verified` what was verified of them before.
pub fn sign_verified(
    root: &Path,
    verified: &mut Verified,
    lines: &JournalLines,
    head: &Head,
    key: &SecretKey,
    key_file: &Path,
) -> Result<(Checkpoint, String), SignError> {
    let _lock = take_lock(key_file)?;
    sign(root, verified.chains(lines, head)?, lines, key, key_file, false)
}

fn take_lock(key_file: &Path) -> Result<Lock, SignError> {
    Lock::take(&memory_of(key_file).with_extension("lock")).map_err(|it| match it {
        LockError::Held(holder) => SignError::Held(holder),
        LockError::Io(error) => SignError::Io(error),
    })
}

fn sign(
    root: &Path,
    chains: &Chains,
    lines: &JournalLines,
    key: &SecretKey,
    key_file: &Path,
    is_first: bool,
) -> Result<(Checkpoint, String), SignError> {
    let memory = memory_of(key_file);
    let tree = LogTree::new(chains.log());
    let origin = chains.origin().unwrap_or_default().to_owned();
    let before = remembered(&memory, &LogKey::of_log(&origin, key), is_first)?;
    let (signed, found) = (before.as_ref().map_or(0, |it| it.size), tree.size());
    if before.is_some_and(|it| tree.root_at(it.size) != Some(it.root)) {
        return Err(SignError::Fork { signed, found });
    }
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    let note = checkpoint.sign(key);
    // First what must never be forgotten, then what may be written again.
    replace_durably(&memory, note.as_bytes())?;
    keep(root, lines, &tree, &note)?;
    Ok((checkpoint, note))
}

fn remembered(memory: &Path, key: &LogKey, is_first: bool) -> Result<Option<Checkpoint>, SignError> {
    let note = match fs::read_to_string(memory) {
        Ok(_) if is_first => return Err(SignError::NotFirst(memory.to_owned())),
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_first => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SignError::NoMemory(memory.to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let cosigned = Checkpoint::read(&note, key, &[]);
    let cosigned = cosigned.map_err(|source| SignError::Memory { path: memory.to_owned(), source })?;
    Ok(Some(cosigned.checkpoint))
}

/// Writes the tiles that the log has and the folder has not: hashes, and the
/// entries themselves. Tiles never change, so what is there is right.
///
/// Returns the folders with parts of those that are full: kept, they would come
/// to half a bundle for each head that was ever signed, and C2SP tlog-tiles lets
/// a log take them away.
fn write_tiles(root: &Path, lines: &JournalLines, tree: &LogTree) -> io::Result<Vec<PathBuf>> {
    let folder = root.join(LOG);
    let mut overtaken = Vec::new();
    for tile in tree.tiles_since(0) {
        let path = folder.join(&tile.path);
        if tile.bytes.len() == TILE_WIDTH * size_of::<LogLeaf>() {
            overtaken.push(beside(&path, "p"));
        }
        write_once(&path, || Ok(tile.bytes))?;
    }
    let entries = folder.join("tile/entries");
    for (number, start) in (0..tree.size()).step_by(TILE_WIDTH).enumerate() {
        let width = TILE_WIDTH.min(usize::try_from(tree.size() - start).unwrap_or(TILE_WIDTH));
        let path = entries.join(bundle_path(number, width));
        if width == TILE_WIDTH {
            overtaken.push(beside(&path, "p"));
        }
        write_once(&path, || bundle(lines, start..start + width as u64))?;
    }
    Ok(overtaken)
}

/// Returns the name of a tile: `x001/x234/067` (C2SP tlog-tiles).
fn tile_name(number: usize) -> String {
    let last = format!("{:03}", number % 1000);
    let (mut rest, mut name) = (number / 1000, last);
    while rest != 0 {
        name = format!("x{:03}/{name}", rest % 1000);
        rest /= 1000;
    }
    name
}

/// Returns the numbers of the records in a bundle, by its path: bundles of 256,
/// named as tiles are, `000` or `x001/234`, and `000.p/7` for the first seven of
/// one that is not full.
pub fn bundle_of(path: &str) -> Option<Range<u64>> {
    let (name, width) = match path.split_once(".p/") {
        Some((name, width)) => (name, width.parse().ok().filter(|it| (1..TILE_WIDTH).contains(it))?),
        None => (path, TILE_WIDTH),
    };
    let digits: String = name.split('/').map(|it| it.strip_prefix('x').unwrap_or(it)).collect();
    let number: usize = digits.parse().ok()?;
    let start = number.checked_mul(TILE_WIDTH)? as u64;
    // One bundle, one path.
    let end = start.checked_add(width as u64)?;
    (bundle_path(number, width) == path).then_some(start..end)
}

/// Returns the path of a bundle of records: its number, and how many it has.
pub fn bundle_path(number: usize, width: usize) -> String {
    let name = tile_name(number);
    if width < TILE_WIDTH { format!("{name}.p/{width}") } else { name }
}

/// Returns the entries of these records as bundles have them, one after another.
fn bundle(lines: &JournalLines, numbers: Range<u64>) -> io::Result<Vec<u8>> {
    let text = lines.read(numbers)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let entries = text.split_inclusive(|it| *it == b'\n').map(|it| bundled(it.strip_suffix(b"\n").unwrap_or(it)));
    Ok(entries.collect::<io::Result<Vec<_>>>()?.concat())
}

/// Returns an entry as bundles have it: its length in two bytes, and itself.
fn bundled(line: &[u8]) -> io::Result<Vec<u8>> {
    let entry = RecordHead::of_line(line).map_err(io::Error::other)?.log_entry();
    let length = u16::try_from(entry.len()).map_err(io::Error::other)?;
    Ok([length.to_be_bytes().as_slice(), &entry].concat())
}

/// Writes a file that never changes, durably: a signed checkpoint rests on it.
/// Once they were not synced, and a loss of power left empty ones, which stayed.
fn write_once(path: &Path, bytes: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<()> {
    if path.metadata().is_ok_and(|it| it.len() != 0) {
        return Ok(());
    }
    make_folders(path.parent().unwrap_or(Path::new(".")))?;
    replace_durably(path, &bytes()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::folder::segments;
    use crate::journal::{FolderJournal, Journal, snapshot};
    use crate::log::{Sight, visit};

    #[test]
    fn a_tile_that_a_loss_of_power_left_empty_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tile/0/x001/000");
        let write = |bytes: &[u8]| write_once(&path, || Ok(bytes.to_vec())).map(|()| fs::read(&path).unwrap());
        assert_eq!(write(b"hashes").unwrap(), b"hashes");
        assert_eq!(write(b"others").unwrap(), b"hashes", "one that is there is right");
        fs::write(&path, b"").unwrap();
        assert_eq!(write(b"hashes").unwrap(), b"hashes");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing lies about");
    }

    #[test]
    fn parts_of_a_tile_go_when_it_is_full_and_nobody_misses_them() {
        let folder = tempfile::tempdir().unwrap();
        let (root, key_file) = (folder.path(), folder.path().join("log.key"));
        let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        let key = SecretKey::from_seed(&[1; 32]);
        let (first, rest) = unpacked.records.split_at(200);
        let mut journal = FolderJournal::create(RealDisk::new(root), first, &unpacked.head.origin).unwrap();
        let parts = || {
            let folders = ["tile/0/000.p", "tile/0/001.p", "tile/entries/000.p", "tile/entries/001.p"];
            folders.map(|it| fs::read_dir(root.join(LOG).join(it)).map_or(0, Iterator::count))
        };
        let (_, before) = sign_head(root, &key, &key_file, true).unwrap();
        assert_eq!(parts(), [1, 0, 1, 0]);
        let mut notes = Vec::new();
        for (size, expected) in [(230, [2, 0, 2, 0]), (256, [0, 0, 0, 0]), (300, [0, 1, 0, 1])] {
            let known = usize::try_from(journal.size()).unwrap();
            rest[known - 200..size - 200].iter().for_each(|it| journal.append(it).unwrap());
            notes.push(sign_head(root, &key, &key_file, false).unwrap().1);
            assert_eq!(parts(), expected, "{size}");
        }
        // Also for who was told of a head whose parts are gone.
        let log_key = LogKey::of_log(&unpacked.head.origin, &key);
        for note in notes {
            keep_checkpoint(root, &note).unwrap();
            let visit = visit(&LogFolder::of(root), &log_key, &[], std::slice::from_ref(&before)).unwrap();
            assert_eq!(visit.sight, Sight::Grown(200));
        }
    }

    #[test]
    fn whoever_goes_on_signs_what_whoever_begins_anew_does() {
        let folder = tempfile::tempdir().unwrap();
        let (root, key_file) = (folder.path(), folder.path().join("log.key"));
        let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        let (first, rest) = unpacked.records.split_at(200);
        let origin = &unpacked.head.origin;
        let key = SecretKey::from_seed(&[1; 32]);
        let mut journal = FolderJournal::create(RealDisk::new(root), first, origin).unwrap();
        sign_head(root, &key, &key_file, true).unwrap();

        let mut verified = Verified::default();
        let head_at = |size: usize| {
            let hash = unpacked.records[size - 1].hash();
            Head { origin: origin.clone(), size: size as u64, hash }
        };
        let mut go_on = |head: &Head| {
            let lines = JournalLines::find(root, head.size).unwrap();
            sign_verified(root, &mut verified, &lines, head, &key, &key_file)
        };
        for size in [230, 270, 271] {
            let known = usize::try_from(journal.size()).unwrap();
            rest[known - 200..size - 200].iter().for_each(|it| journal.append(it).unwrap());
            let (checkpoint, note) = go_on(&head_at(size)).unwrap();
            assert_eq!((checkpoint.size, &*note), (size as u64, &*sign_head(root, &key, &key_file, false).unwrap().1));
        }

        // A head before the one that was signed last, as of a backup.
        assert!(matches!(go_on(&head_at(230)), Err(SignError::Fork { signed: 271, found: 230 })));
        // A journal that does not go on with what was verified.
        rest[71..80].iter().for_each(|it| journal.append(it).unwrap());
        let segment = root.join(segments(&RealDisk::new(root)).unwrap().pop().unwrap());
        let whole = fs::read(&segment).unwrap();
        let last = whole.iter().rposition(|it| *it == b'{').unwrap();
        let mut altered = whole.clone();
        altered[last + 2] ^= 1;
        fs::write(&segment, &altered).unwrap();
        assert!(matches!(go_on(&head_at(280)), Err(SignError::Open(OpenError::Altered { index: 279, .. }))));
        assert_eq!(signed_size(root), 271);
        fs::write(&segment, &whole).unwrap();
        assert_eq!(go_on(&head_at(280)).unwrap().0.size, 280);
        // One that is well, and not what was said to be there.
        let other = Head { hash: head_at(279).hash, ..head_at(280) };
        assert!(matches!(go_on(&other), Err(SignError::Open(OpenError::OtherHead { index: 279 }))));
    }

    fn signed_size(root: &Path) -> u64 {
        let note = signed_checkpoint(root).unwrap().unwrap();
        Checkpoint::read_unverified(&note).unwrap().size
    }

    #[test]
    fn tiles_are_named_as_the_specification_has_it() {
        for (number, name) in [(0, "000"), (67, "067"), (1000, "x001/000"), (1_234_067, "x001/x234/067")] {
            assert_eq!(tile_name(number), name);
            let start = number as u64 * 256;
            assert_eq!(bundle_of(name), Some(start..start + 256));
            assert_eq!(bundle_of(&format!("{name}.p/7")), Some(start..start + 7));
        }
        for other in ["", "0", "0000", "000.p/0", "000.p/256", "000.p/07", "x000/001", "../000", "x001", "+01"] {
            assert_eq!(bundle_of(other), None, "{other}");
        }
    }
}
