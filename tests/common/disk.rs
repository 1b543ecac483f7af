//! A disk in memory that knows what a loss of power would leave, and that
//! fails where it is told to.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::rc::Rc;

use neglist::journal::Disk;

/// How much of its work a step does before it fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// Nothing.
    Nothing,
    /// About half.
    Half,
    /// All but the last byte, or all but the sync of the folder.
    Most,
    /// All: only the good news is lost.
    All,
}

impl Extent {
    /// Every extent.
    pub const ALL: [Extent; 4] = [Extent::Nothing, Extent::Half, Extent::Most, Extent::All];

    fn of(self, length: usize) -> usize {
        match self {
            Extent::Nothing => 0,
            Extent::Half => length / 2,
            Extent::Most => length.saturating_sub(1),
            Extent::All => length,
        }
    }
}

/// Where a loss of power cuts off what was not synced. Where it leaves zeros
/// instead, it is always at few.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cuts {
    /// At every byte.
    Every,
    /// At the borders and in the middle.
    Few,
}

#[derive(Clone, Debug)]
struct File {
    bytes: Vec<u8>,
    /// How much of it a loss of power leaves for certain.
    durable: usize,
    /// What was written over and not synced: where, and what stood there.
    over: Vec<(usize, Vec<u8>)>,
    /// A sync of it failed: its pages count as written, and no later sync
    /// writes them.
    is_doomed: bool,
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// How many steps were taken: appends, syncs, replacements.
    steps: usize,
    fault: Option<(usize, Extent)>,
    reads: Cell<usize>,
    unreadable: Option<usize>,
}

impl MemoryDisk {
    /// Returns a disk with these files, all of them durable.
    pub fn of(files: &BTreeMap<String, Vec<u8>>) -> MemoryDisk {
        let mut disk = MemoryDisk::default();
        for (name, bytes) in files {
            disk.write(name, bytes.clone());
        }
        disk
    }

    /// Returns the files as a process sees them.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.names.iter().map(|(name, it)| (name.clone(), self.files[*it].bytes.clone())).collect()
    }

    /// Puts a durable file there, from outside.
    pub fn write(&mut self, name: &str, bytes: Vec<u8>) {
        let durable = bytes.len();
        self.files.push(File { bytes, durable, over: Vec::new(), is_doomed: false });
        self.names.insert(name.to_owned(), self.files.len() - 1);
        self.durable_names.insert(name.to_owned(), self.files.len() - 1);
    }

    /// Takes a file away, from outside.
    pub fn remove(&mut self, name: &str) -> Vec<u8> {
        self.durable_names.remove(name);
        let file = self.names.remove(name).unwrap();
        self.files[file].bytes.clone()
    }

    /// Returns how many steps were taken.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Lets a step to come fail, counted from 0.
    #[must_use]
    pub fn failing_at(mut self, step: usize, extent: Extent) -> MemoryDisk {
        self.fault = Some((self.steps + step, extent));
        self
    }

    /// Lets a read to come fail, counted from 0.
    #[must_use]
    pub fn unreadable_at(mut self, read: usize) -> MemoryDisk {
        self.unreadable = Some(self.reads.get() + read);
        self
    }

    /// Returns what the next process sees: everything that was written,
    /// synced or not.
    #[must_use]
    pub fn after_restart(&self) -> MemoryDisk {
        MemoryDisk { fault: None, unreadable: None, ..self.clone() }
    }

    /// Returns whether a loss of power would change nothing.
    pub fn is_durable(&self) -> bool {
        self.names == self.durable_names
            && self
                .names
                .values()
                .map(|it| &self.files[*it])
                .all(|it| it.durable == it.bytes.len() && it.over.is_empty())
    }

    /// Returns every state that a loss of power may leave: each name that was
    /// not synced kept or forgotten, each tail that was not synced cut off, or
    /// there in its length with zeros in it, and of what was written over and not
    /// synced any beginning or end.
    pub fn after_power_cut(&self, cuts: Cuts) -> Vec<MemoryDisk> {
        let pending: BTreeSet<&String> = self.names.keys().chain(self.durable_names.keys()).collect();
        let pending: Vec<_> =
            pending.into_iter().filter(|it| self.names.get(*it) != self.durable_names.get(*it)).collect();
        let mut disks = Vec::new();
        for kept in 0..1_u32 << pending.len() {
            let mut names = self.durable_names.clone();
            for (position, name) in pending.iter().enumerate() {
                if kept & (1 << position) != 0 {
                    match self.names.get(*name) {
                        Some(file) => names.insert((*name).clone(), *file),
                        None => names.remove(*name),
                    };
                }
            }
            let mut states = vec![BTreeMap::new()];
            for (name, file) in &names {
                let contents = self.files[*file].after_power_cut(cuts);
                let grown = states.iter().flat_map(|state: &BTreeMap<String, Vec<u8>>| {
                    contents.iter().map(|it| {
                        let mut state = state.clone();
                        state.insert(name.clone(), it.clone());
                        state
                    })
                });
                states = grown.collect();
            }
            disks.extend(states.iter().map(MemoryDisk::of));
        }
        disks
    }

    /// Returns how much of a step to do, and whether it fails.
    fn step(&mut self) -> (Extent, io::Result<()>) {
        let step = self.steps;
        self.steps += 1;
        match self.fault {
            Some((at, extent)) if at == step => (extent, Err(io::Error::other("injected"))),
            Some(_) | None => (Extent::All, Ok(())),
        }
    }

    fn look(&self) -> io::Result<()> {
        let read = self.reads.replace(self.reads.get() + 1);
        if self.unreadable == Some(read) { Err(io::Error::other("injected")) } else { Ok(()) }
    }

    fn new_file(&mut self, name: &str) -> usize {
        self.files.push(File { bytes: Vec::new(), durable: 0, over: Vec::new(), is_doomed: false });
        self.names.insert(name.to_owned(), self.files.len() - 1);
        self.files.len() - 1
    }

    fn sync_names(&mut self, folder: &str) {
        let is_inside = |name: &String| Path::new(name).parent() == Some(Path::new(folder));
        self.durable_names.retain(|name, _| !is_inside(name));
        self.durable_names.extend(self.names.iter().filter(|(name, _)| is_inside(name)).map(|(a, b)| (a.clone(), *b)));
    }
}

impl File {
    fn after_power_cut(&self, cuts: Cuts) -> Vec<Vec<u8>> {
        let mut states = self.tail_after_power_cut(cuts);
        for (offset, old) in &self.over {
            let length = old.len();
            let step = if cuts == Cuts::Every { 7 } else { length / 3 };
            let borders: BTreeSet<usize> = (0..length).step_by(step).chain([1, length - 1, length]).collect();
            let torn = states.iter().flat_map(|bytes| {
                borders.iter().flat_map(|border| {
                    let (mut begun, mut ended) = (bytes.clone(), bytes.clone());
                    begun[offset + border..offset + length].copy_from_slice(&old[*border..]);
                    ended[*offset..offset + border].copy_from_slice(&old[..*border]);
                    [begun, ended]
                })
            });
            states = torn.collect::<BTreeSet<_>>().into_iter().collect();
        }
        states
    }

    fn tail_after_power_cut(&self, cuts: Cuts) -> Vec<Vec<u8>> {
        let (durable, length) = (self.durable, self.bytes.len());
        let few = [durable, durable + 1, usize::midpoint(durable, length), length.saturating_sub(1), length];
        let few: BTreeSet<usize> = few.into_iter().filter(|it| (durable..=length).contains(it)).collect();
        let every = match cuts {
            Cuts::Every => (durable..=length).collect(),
            Cuts::Few => few.clone(),
        };
        let cut_off = every.into_iter().map(|it| self.bytes[..it].to_vec());
        let zeros = few.into_iter().filter(|it| *it < length).map(|it| {
            let mut bytes = self.bytes[..it].to_vec();
            bytes.resize(length, 0);
            bytes
        });
        cut_off.chain(zeros).collect()
    }
}

impl Disk for MemoryDisk {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        self.look()?;
        let inside = self.names.keys().filter_map(|it| it.strip_prefix(folder)?.strip_prefix('/'));
        Ok(inside.map(str::to_owned).collect())
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.look()?;
        Ok(self.names.get(name).map(|it| self.files[*it].bytes.clone()))
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (extent, result) = self.step();
        if extent == Extent::Nothing {
            return result;
        }
        let file = self.names.get(name).copied().unwrap_or_else(|| self.new_file(name));
        self.files[file].bytes.extend_from_slice(&bytes[..extent.of(bytes.len())]);
        result
    }

    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let (extent, result) = self.step();
        let file = *self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        let (file, offset) = (&mut self.files[file], usize::try_from(offset).unwrap());
        let place = offset..offset + extent.of(bytes.len());
        file.over.push((offset, file.bytes[place.clone()].to_vec()));
        file.bytes[place.clone()].copy_from_slice(&bytes[..place.len()]);
        file.over.retain(|(_, old)| !old.is_empty());
        result
    }

    fn sync_file(&mut self, name: &str) -> io::Result<()> {
        let (extent, result) = self.step();
        let file = *self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        let file = &mut self.files[file];
        if !file.is_doomed {
            file.durable += extent.of(file.bytes.len() - file.durable);
            if extent == Extent::All {
                file.over.clear();
            }
        }
        file.is_doomed |= result.is_err();
        result
    }

    fn sync_folder(&mut self, folder: &str) -> io::Result<()> {
        let (extent, result) = self.step();
        if extent == Extent::All {
            self.sync_names(folder);
        }
        result
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (extent, result) = self.step();
        if extent == Extent::Nothing {
            return result;
        }
        let path = Path::new(name);
        let aside = path.with_extension("new").to_string_lossy().into_owned();
        let file = self.new_file(&aside);
        if extent == Extent::Half {
            self.files[file].bytes.extend_from_slice(&bytes[..extent.of(bytes.len())]);
            return result;
        }
        self.files[file].bytes.extend_from_slice(bytes);
        self.files[file].durable = bytes.len();
        self.names.remove(&aside);
        self.names.insert(name.to_owned(), file);
        if extent == Extent::All {
            self.sync_names(&path.parent().unwrap().to_string_lossy());
        }
        result
    }
}

/// A disk that can still be looked at when the journal over it is gone.
#[derive(Clone, Debug)]
pub struct Shared(Rc<RefCell<MemoryDisk>>);

impl Shared {
    /// Shares a disk.
    pub fn new(disk: MemoryDisk) -> Shared {
        Shared(Rc::new(RefCell::new(disk)))
    }

    /// Returns the disk as it is now.
    pub fn into_inner(self) -> MemoryDisk {
        self.0.borrow().clone()
    }
}

impl Disk for Shared {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        self.0.borrow().names(folder)
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.borrow().read(name)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().append(name, bytes)
    }

    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().overwrite(name, offset, bytes)
    }

    fn sync_file(&mut self, name: &str) -> io::Result<()> {
        self.0.borrow_mut().sync_file(name)
    }

    fn sync_folder(&mut self, folder: &str) -> io::Result<()> {
        self.0.borrow_mut().sync_folder(folder)
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().replace(name, bytes)
    }
}
