//! The heads of logs that somebody saw: what a witness cosigned, and what
//! whoever watches was shown. A head that was seen is never forgotten.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::canon::SecretKey;
use crate::journal::disk::{make_folders, replace_durably, sync_folder_of};
use crate::journal::{Lock, LockError};
use crate::log::{Checkpoint, Fork, LogKey, Refusal, Submission};

/// What somebody saw, in a folder that nobody else writes: a folder a log, and
/// in it a file a head.
#[derive(Debug)]
pub struct SeenHeads {
    folder: PathBuf,
    _lock: Lock,
}

/// Why what was seen cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    /// Another process uses it.
    #[error("what was seen is in use: {0}")]
    Held(String),
    /// Nothing says what was seen before.
    #[error("nothing says what this witness cosigned before: there is no `{}`", .0.display())]
    NoMemory(PathBuf),
    /// Something says what was seen before, and this was to be the first time.
    #[error("this witness has cosigned before: `{}` says what", .0.display())]
    NotFirst(PathBuf),
    /// A file of it is not the head of a log.
    #[error("`{}` is not the head of a log", .0.display())]
    Damaged(PathBuf),
    /// It could not be read or written.
    #[error("what was seen cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl SeenHeads {
    /// Opens what was seen, or begins with nothing.
    pub fn open(folder: &Path) -> Result<SeenHeads, SeenError> {
        make_folders(folder)?;
        // Whoever made it may have stopped before it was durable.
        sync_folder_of(folder)?;
        let lock = Lock::take(&folder.join("lock")).map_err(|it| match it {
            LockError::Held(holder) => SeenError::Held(holder),
            LockError::Io(error) => SeenError::Io(error),
        })?;
        Ok(SeenHeads { folder: folder.to_owned(), _lock: lock })
    }

    /// Returns the heads of a log that were seen, the smallest first, as they
    /// were signed.
    pub fn of(&self, origin: &str) -> Result<Vec<String>, SeenError> {
        let paths = self.paths(origin)?;
        Ok(paths.into_iter().map(fs::read_to_string).collect::<io::Result<_>>()?)
    }

    /// Returns the largest head of a log that was seen.
    pub fn last(&self, origin: &str) -> Result<Option<Checkpoint>, SeenError> {
        let Some(path) = self.paths(origin)?.pop() else { return Ok(None) };
        let note = fs::read_to_string(&path)?;
        match Checkpoint::read_unverified(&note) {
            Ok(checkpoint) if checkpoint.origin == origin => Ok(Some(checkpoint)),
            Ok(_) | Err(_) => Err(SeenError::Damaged(path)),
        }
    }

    /// Keeps a head, durably.
    pub fn keep(&self, head: &Checkpoint, note: &str) -> Result<(), SeenError> {
        let path = self.folder_of(&head.origin).join(format!("{:020}.note", head.size));
        if !path.exists() {
            self.write(&path, note.as_bytes())?;
        }
        Ok(())
    }

    /// Keeps the evidence of a fork, and returns where it lies.
    pub fn keep_fork(&self, head: &Checkpoint, fork: &Fork) -> Result<PathBuf, SeenError> {
        let text = fork.write();
        let name = blake3::hash(text.as_bytes()).to_hex();
        let name = name.get(..16).unwrap_or_default();
        let path = self.folder_of(&head.origin).join(format!("fork-{}-{name}.json", head.size));
        self.write(&path, text.as_bytes())?;
        Ok(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SeenError> {
        let folder = path.parent().unwrap_or(&self.folder);
        make_folders(folder)?;
        sync_folder_of(folder)?;
        Ok(replace_durably(path, bytes)?)
    }

    fn paths(&self, origin: &str) -> Result<Vec<PathBuf>, SeenError> {
        let entries = match fs::read_dir(self.folder_of(origin)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut paths = entries.map(|it| Ok(it?.path())).collect::<io::Result<Vec<_>>>()?;
        paths.retain(|it| it.extension().is_some_and(|it| it == "note"));
        paths.sort();
        Ok(paths)
    }

    fn folder_of(&self, origin: &str) -> PathBuf {
        self.folder.join(format!("log-{}", file_name(origin)))
    }
}

/// Returns a name of a file for the name of a log or an address, which may have
/// `/` in it.
pub fn file_name(origin: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'.';
    let written = origin.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") });
    written.collect()
}

/// A witness of logs (C2SP tlog-witness): its name, its key, the logs that it
/// looks at, and what it cosigned.
#[derive(Debug)]
pub struct Witness {
    name: String,
    key: SecretKey,
    logs: Vec<LogKey>,
    seen: SeenHeads,
}

/// Why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
pub enum CosignError {
    /// It must not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot say what it cosigned before, or not keep what it would cosign.
    #[error(transparent)]
    Seen(#[from] SeenError),
}

impl Witness {
    /// Sets a witness up over what it cosigned before, in a folder. `is_first`
    /// is said of one that never cosigned anything.
    pub fn open(
        name: &str,
        key: SecretKey,
        logs: Vec<LogKey>,
        folder: &Path,
        is_first: bool,
    ) -> Result<Witness, SeenError> {
        match (folder.exists(), is_first) {
            (true, true) => return Err(SeenError::NotFirst(folder.to_owned())),
            (false, false) => return Err(SeenError::NoMemory(folder.to_owned())),
            (true, false) | (false, true) => {}
        }
        Ok(Witness { name: name.to_owned(), key, logs, seen: SeenHeads::open(folder)? })
    }

    /// Returns the public key of the witness.
    pub fn public(&self) -> LogKey {
        LogKey::of_witness(&self.name, &self.key)
    }

    /// Cosigns the head of a log, if it continues what was cosigned before, in
    /// a second since 1970. What is cosigned is kept before it is given away.
    /// Returns the line of the cosignature.
    pub fn cosign(&mut self, body: &[u8], second: u64) -> Result<String, CosignError> {
        let submission = Submission::read(body)?;
        let origin = submission.origin().ok_or(Refusal::Malformed)?;
        // A name that a stranger makes up is no name of a folder.
        if !self.logs.iter().any(|it| it.name() == origin) {
            return Err(Refusal::UnknownLog.into());
        }
        let last = self.seen.last(&origin)?;
        let head = submission.judge(&self.logs, last.as_ref())?;
        let line = Checkpoint::cosignature(&submission.note, &self.name, &self.key, second);
        let line = line.ok_or(Refusal::Malformed)?;
        self.seen.keep(&head, &submission.note)?;
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Consistency, LogTree};

    fn key() -> SecretKey {
        SecretKey::from_seed(&[1; 32])
    }

    fn submission(size: u8, kind: u8, old_size: u64) -> (Checkpoint, String) {
        let mut tree = LogTree::default();
        (0..size).for_each(|it| tree.push([it ^ kind; 32]));
        let head = Checkpoint { origin: "log.example/a b".replace(' ', "/"), size: size.into(), root: tree.root() };
        let consistency = tree.consistency(old_size, head.size).unwrap_or_default();
        let note = head.sign(&key());
        (head, Submission { old_size, consistency, note }.write())
    }

    #[test]
    fn a_witness_remembers_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("witnessed");
        let log = LogKey::of_log("log.example/a/b", &key());
        let open =
            |is_first| Witness::open("w.example", SecretKey::from_seed(&[2; 32]), vec![log.clone()], &folder, is_first);
        assert!(matches!(open(false), Err(SeenError::NoMemory(_))));
        let mut witness = open(true).unwrap();
        // A log that it does not know, with a name that no file can have.
        let head = Checkpoint { origin: "a".repeat(1_000), size: 1, root: [0; 32] };
        let unknown = Submission { old_size: 0, consistency: Consistency::default(), note: head.sign(&key()) }.write();
        let error = witness.cosign(unknown.as_bytes(), 99).unwrap_err();
        assert!(matches!(error, CosignError::Refused(Refusal::UnknownLog)), "{error}");
        let line = witness.cosign(submission(5, 0, 0).1.as_bytes(), 100).unwrap();
        assert!(line.starts_with("— w.example "), "{line}");
        // A second process is kept out; a restart goes on.
        assert!(matches!(open(false), Err(SeenError::Held(_))));
        drop(witness);
        assert!(matches!(open(true), Err(SeenError::NotFirst(_))));
        let mut witness = open(false).unwrap();
        let refused = |it: Result<String, CosignError>| match it.unwrap_err() {
            CosignError::Refused(refusal) => refusal,
            CosignError::Seen(error) => panic!("{error}"),
        };
        assert_eq!(refused(witness.cosign(submission(9, 7, 0).1.as_bytes(), 101)), Refusal::Conflict(5));
        assert_eq!(refused(witness.cosign(submission(9, 7, 5).1.as_bytes(), 101)), Refusal::Inconsistent);
        let (head, body) = submission(9, 0, 5);
        let line = witness.cosign(body.as_bytes(), 101).unwrap();
        let note = format!("{}{line}", head.sign(&key()));
        let read = Checkpoint::read(&note, &log, &[witness.public()]).unwrap();
        assert_eq!(read.witnesses, [(witness.public(), 101)]);
    }

    #[test]
    fn a_log_has_a_folder_of_its_own_whatever_its_name() {
        for (origin, name) in [("a.example/b", "a.example%2Fb"), ("..", ".."), ("é", "%C3%A9")] {
            assert_eq!(file_name(origin), name);
        }
    }
}
