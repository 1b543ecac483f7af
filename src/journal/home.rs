//! The folder that a journal and its views live in: it is made whole or not at
//! all, and one process at a time holds it for writing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::journal::disk::{make_folders, sync_folder_of};

/// Makes a folder that does not exist yet, filled by `fill`. It is there
/// whole, or not at all: it is filled aside, synced and renamed.
pub fn create_whole(root: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    if root.exists() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("`{}` exists", root.display())));
    }
    let parent = root.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folders(parent)?;
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let aside = parent.join(format!(".{name}.new-{}", std::process::id()));
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir(&aside)?;
    fill(&aside)?;
    File::open(&aside)?.sync_all()?;
    match fs::rename(&aside, root) {
        Ok(()) => sync_folder_of(root),
        // Somebody else was first, with the same idea.
        Err(error) => {
            fs::remove_dir_all(&aside)?;
            Err(error)
        }
    }
}

/// Returns the path of what belongs to a file or folder and lies beside it:
/// its name, a dot, and what it is.
pub fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{what}"));
    path.with_file_name(name)
}

/// Gives a folder another name in the same place, durably.
pub fn move_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// A folder held for writing, until this is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Why a folder cannot be held for writing.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("it is held by {0}")]
    Held(String),
    /// The lock file could not be opened or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Lock {
    /// Takes the lock in a file, making the file if there is none. The holder
    /// writes into it who it is, for the next who comes.
    pub fn take(path: &Path) -> Result<Lock, LockError> {
        let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let holder = if holder.is_empty() { "another process" } else { holder };
                return Err(LockError::Held(holder.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "process {}", std::process::id())?;
        Ok(Lock { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone lets go of it only when every copy is closed, and a
        // program that is being started elsewhere in this process has one for a
        // moment.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_was_let_go_can_be_taken_while_a_copy_of_its_file_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap();
        // As a program that is being started has it, until it begins.
        let copy = lock.file.try_clone().unwrap();
        assert!(matches!(Lock::take(&path), Err(LockError::Held(_))));
        drop(lock);
        assert!(Lock::take(&path).is_ok());
        drop(copy);
    }
}
