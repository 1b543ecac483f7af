//! The seam under the journal: the few things that it does to files, so that
//! tests can make each of them fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Files of one folder, by relative name with `/`.
pub trait Disk {
    /// Returns the names of the files in a folder, sorted.
    fn names(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Reads a file; `None` if there is none.
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Appends to a file, making it if there is none. Nothing is durable yet.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Writes over a part of a file, which keeps its length. Nothing is durable
    /// yet, and a crash may leave any part of it written.
    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written to a file durable.
    fn sync_file(&mut self, name: &str) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_folder(&mut self, folder: &str) -> io::Result<()>;

    /// Replaces a file as a whole, durably: writes aside, syncs, renames,
    /// syncs the folder. A crash leaves the old or the new.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// Files of the file system.
#[derive(Clone, Debug)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// Looks at a folder.
    pub fn new(root: &Path) -> RealDisk {
        RealDisk { root: root.to_owned() }
    }
}

impl Disk for RealDisk {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names = entries.map(|it| Ok(it?.file_name().to_string_lossy().into_owned()));
        let mut names = names.collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.root.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            bytes => bytes.map(Some),
        }
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            make_folders(parent)?;
        }
        OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
    }

    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(self.root.join(name))?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn sync_file(&mut self, name: &str) -> io::Result<()> {
        // The length belongs to the data; when it was written does not matter.
        File::open(self.root.join(name))?.sync_data()
    }

    fn sync_folder(&mut self, folder: &str) -> io::Result<()> {
        File::open(self.root.join(folder))?.sync_all()
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        replace_durably(&self.root.join(name), bytes)
    }
}

/// Replaces a file as a whole, durably: writes aside, syncs, renames, syncs the
/// folder. A crash leaves the old or the new.
pub(super) fn replace_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&aside, path)?;
    sync_folder_of(path)
}

/// Makes a folder and those that it is in, where there are none, durably.
pub(super) fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), make_folders)?;
    match fs::create_dir(folder) {
        // Somebody else was first; whether it is durable, they know.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    sync_folder_of(folder)
}

/// Makes a name durable in the folder that it is in.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
