//! A block device that keeps a log of what was written and flushed, and the
//! disks that a loss of power may have left of it.
//!
//! qemu's storage daemon writes the log (the format is dm-log-writes') and
//! shows the device as a file; a loop device is made of that, and a file system
//! of the kernel lies on it. Root, `losetup` and `mount` are needed.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::Dice;
use crate::common::process::program;

/// What disks write at once.
const SECTOR: u64 = 512;

/// A file system, and how one is made.
#[derive(Clone, Copy, Debug)]
pub struct FileSystem {
    pub name: &'static str,
    megabytes: u64,
    /// The options of `mkfs`: nothing is left to write later, or discarded.
    make: &'static [&'static str],
}

const FILE_SYSTEMS: [FileSystem; 3] = [
    FileSystem {
        name: "ext4",
        megabytes: 24,
        make: &["-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"],
    },
    FileSystem { name: "xfs", megabytes: 320, make: &["-q", "-f", "-K"] },
    FileSystem { name: "btrfs", megabytes: 128, make: &["-q", "-f", "-K"] },
];

impl FileSystem {
    /// Returns the file system of a name.
    pub fn named(name: &str) -> FileSystem {
        FILE_SYSTEMS.into_iter().find(|it| it.name == name).expect("one of ext4, xfs, btrfs")
    }

    /// Makes one in a new file.
    pub fn make(self, image: &Path) {
        File::create(image).unwrap().set_len(self.megabytes << 20).unwrap();
        run(Command::new(format!("mkfs.{}", self.name)).args(self.make).arg(image));
    }
}

/// Runs a program, and returns what it said.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|it| panic!("{command:?}: {it}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Copies an image; what was never written takes no room.
pub fn copy_image(from: &Path, to: &Path) {
    run(Command::new("cp").arg("--sparse=always").arg(from).arg(to));
}

/// A file system that is there until this is dropped.
pub struct Mounted(PathBuf);

impl Mounted {
    /// Mounts what is on a device, or in an image; `None` where the kernel finds
    /// no file system in it.
    pub fn try_new(from: &Path, options: &str, at: &Path) -> Option<Mounted> {
        fs::create_dir_all(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-o", options]).arg(from).arg(at).stderr(Stdio::null());
        mount.status().unwrap().success().then(|| Mounted(at.to_owned()))
    }

    /// Mounts a file system in memory that has room for so many bytes.
    pub fn of_memory(bytes: u64, at: &Path) -> Mounted {
        fs::create_dir_all(at).unwrap();
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "none"]).arg(at));
        Mounted(at.to_owned())
    }

    /// Mounts it otherwise.
    pub fn remount(&self, options: &str) {
        run(Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0));
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Somebody who looks at all that is mounted may hold it for a moment.
        for _ in 0..50 {
            if Command::new("umount").arg(&self.0).stderr(Stdio::null()).status().is_ok_and(|it| it.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// The device, until this is dropped.
pub struct Device {
    daemon: Child,
    pub path: PathBuf,
    log: PathBuf,
}

impl Device {
    /// Makes a device of an image. What is written to it goes to the image and
    /// to the log beside it.
    pub fn start(image: &Path) -> Device {
        let (log, shown) = (image.with_extension("log"), image.with_extension("device"));
        File::create(&log).unwrap();
        File::create(&shown).unwrap();
        let file = |node: &str, path: &Path| format!("driver=file,node-name={node},filename={}", path.display());
        let daemon = Command::new("qemu-storage-daemon")
            .args(["--blockdev", &file("image", image), "--blockdev", &file("log", &log)])
            .args(["--blockdev", "driver=blklogwrites,node-name=logged,file=image,log=log"])
            .arg("--export")
            .arg(format!("type=fuse,id=shown,node-name=logged,mountpoint={},writable=on", shown.display()))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let size = fs::metadata(image).unwrap().len();
        for _ in 0..200 {
            if fs::metadata(&shown).unwrap().len() == size {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let path = run(Command::new("losetup").args(["--show", "--find"]).arg(&shown));
        Device { daemon, path: PathBuf::from(path.trim()), log }
    }

    /// Returns how long the log is. What it says up to there had been written
    /// and flushed before this was asked.
    pub fn moment(&self) -> u64 {
        fs::metadata(&self.log).unwrap().len()
    }

    /// Ends the device, and returns what became of it.
    pub fn end(self) -> Log {
        let log = self.log.clone();
        drop(self);
        Log::read(&fs::read(log).unwrap())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = Command::new("losetup").arg("--detach").arg(&self.path).status();
        let _ = Command::new("kill").args(["-TERM", &self.daemon.id().to_string()]).status();
        let _ = self.daemon.wait();
    }
}

/// What was asked of a device, in order.
pub struct Log {
    pub entries: Vec<Entry>,
}

/// Something that was asked of a device.
pub struct Entry {
    /// Where in the log it ends: see [`Device::moment`].
    pub moment: u64,
    pub what: Asked,
}

/// What was asked.
pub enum Asked {
    /// That all before be durable.
    Flush,
    /// To write at a place, in bytes.
    Write(u64, Vec<u8>),
}

const MAGIC: u64 = 0x006a_7366_7773_6872;
const FLUSH: u64 = 1;
const WITHOUT_BYTES: u64 = 4 | 8;

impl Log {
    fn read(bytes: &[u8]) -> Log {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        assert_eq!((number(0), number(8)), (MAGIC, 1), "a log of writes, of the version that is known");
        let sector = usize::try_from(SECTOR).unwrap();
        let (mut entries, mut at) = (Vec::new(), sector);
        while at < bytes.len() {
            let (place, sectors, flags) = (number(at), number(at + 8), number(at + 16));
            assert_eq!(flags & WITHOUT_BYTES, 0, "nothing is discarded here, and nobody sets marks");
            let length = usize::try_from(sectors).unwrap() * sector;
            let written = bytes[at + sector..at + sector + length].to_vec();
            at += sector + length;
            let moment = at as u64;
            if flags & FLUSH != 0 {
                entries.push(Entry { moment, what: Asked::Flush });
            }
            if length != 0 {
                entries.push(Entry { moment, what: Asked::Write(place * SECTOR, written) });
            }
        }
        Log { entries }
    }

    /// Returns what was written between one flush and the next, as ranges of
    /// entries without the flushes, and then what was written after the last.
    pub fn stretches(&self) -> Vec<Range<usize>> {
        let is_flush = |it: &usize| matches!(self.entries[*it].what, Asked::Flush);
        let ends = (0..self.entries.len()).filter(is_flush).chain([self.entries.len()]);
        let mut start = 0;
        ends.map(|end| std::mem::replace(&mut start, end + 1)..end).collect()
    }

    /// Writes entries to an image; `keeps` says which sectors of which.
    pub fn write(&self, range: Range<usize>, image: &File, mut keeps: impl FnMut(usize) -> bool) {
        for entry in range {
            let Asked::Write(place, bytes) = &self.entries[entry].what else { continue };
            let sectors = bytes.chunks(usize::try_from(SECTOR).unwrap());
            for (number, sector) in sectors.enumerate() {
                if keeps(entry) {
                    image.write_all_at(sector, place + number as u64 * SECTOR).unwrap();
                }
            }
        }
    }
}

/// What a loss of power leaves of what was written after the last flush.
#[derive(Clone, Copy, Debug)]
pub enum Left {
    Nothing,
    All,
    /// All but one write, by the number of its entry.
    AllBut(usize),
    /// One write, and nothing else.
    Only(usize),
    /// Each write whole or not at all, by lot.
    Writes(u64),
    /// Each sector, by lot: writes are torn.
    Sectors(u64),
}

impl Log {
    /// Makes the image that a loss of power leaves: `durable` is as everything
    /// before the stretch left it, and what was asked of the device after its
    /// last entry never came to it.
    pub fn lose_power(&self, durable: &Path, stretch: Range<usize>, left: Left, image: &Path) {
        copy_image(durable, image);
        let file = File::options().write(true).open(image).unwrap();
        let mut dice = Dice(match left {
            Left::Writes(seed) | Left::Sectors(seed) => seed,
            Left::Nothing | Left::All | Left::AllBut(_) | Left::Only(_) => 0,
        });
        let mut lots: Option<(usize, bool)> = None;
        self.write(stretch, &file, |entry| match left {
            Left::Nothing => false,
            Left::All => true,
            Left::AllBut(lost) => entry != lost,
            Left::Only(kept) => entry == kept,
            Left::Sectors(_) => dice.below(2) == 0,
            Left::Writes(_) => {
                let (_, lot) = lots.filter(|it| it.0 == entry).unwrap_or_else(|| (entry, dice.below(2) == 0));
                lots = Some((entry, lot));
                lot
            }
        });
    }
}

/// Returns the folder for images, if `NEGLIST_POWER` names one. The machine that
/// checks submissions has one, and may mount them.
pub fn scratch() -> Option<String> {
    let named = program("NEGLIST_POWER");
    if named.is_none() {
        say("NOT RUN: NEGLIST_POWER names no folder for the images of disks");
    }
    named
}

/// Says what a trial came to, for the report.
pub fn say(text: &str) {
    let mut said = std::io::stderr();
    writeln!(said, "{text}").unwrap();
}
