//! What strangers may send, one file a parser: what has to hold of whatever
//! bytes come, and inputs to begin with.
//!
//! `tests/hostile.rs` runs each over its seeds and over small changes of them;
//! `fuzz/` runs the same for as long as is wanted, led by what new code a
//! change reaches. So nothing here may need anything of the test around it.

#![allow(dead_code, unreachable_pub, reason = "the tests and the fuzz targets use their own parts of it")]

pub mod address;
pub mod checkpoint;
pub mod draft;
pub mod exam;
pub mod http;
pub mod journal;
pub mod keys;
pub mod question;
pub mod receipt;
pub mod rows;
pub mod snapshot;
pub mod table;
pub mod tiles;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use neglist::canon::{Chains, Record, SecretKey};
use neglist::catalog::read_folder;
use neglist::journal::Disk;
use neglist::log::{Checkpoint, LogKey, LogTree};
use neglist::model::{Head, State};
use neglist::registry::{Publisher, records_of};

/// What strangers reach.
pub struct Target {
    /// The name of the fuzz target, and of its folder of inputs.
    pub name: &'static str,
    /// Panics where something does not hold that has to hold of any bytes.
    pub check: fn(&[u8]),
    /// Returns inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "address", check: address::check, seeds: address::seeds },
    Target { name: "checkpoint", check: checkpoint::check, seeds: checkpoint::seeds },
    Target { name: "draft", check: draft::check, seeds: draft::seeds },
    Target { name: "exam", check: exam::check, seeds: exam::seeds },
    Target { name: "http", check: http::check, seeds: http::seeds },
    Target { name: "journal", check: journal::check, seeds: journal::seeds },
    Target { name: "keys", check: keys::check, seeds: keys::seeds },
    Target { name: "question", check: question::check, seeds: question::seeds },
    Target { name: "receipt", check: receipt::check, seeds: receipt::seeds },
    Target { name: "rows", check: rows::check, seeds: rows::seeds },
    Target { name: "snapshot", check: snapshot::check, seeds: snapshot::seeds },
    Target { name: "table", check: table::check, seeds: table::seeds },
    Target { name: "tiles", check: tiles::check, seeds: tiles::seeds },
];

/// When records are taken in.
pub const RECORDED: &str = "2026-01-01T00:00:00Z";

/// Questions to the small registry: one of each outcome.
pub const QUESTIONS: [&str; 7] = [
    r#"{"from":"CN","to":"DE","items":[{"category":"personal.genomic"}],"at":"2025-06-01"}"#,
    r#"{"from":"CN","to":"DE","items":[{"category":"personal"}],"at":"2024-06-01"}"#,
    r#"{"from":"CN","items":[{"category":"personal","subjects":500}],"at":"2026-06-01","facts":{"exporter.ciio":true}}"#,
    r#"{"from":"DE","to":"CN","items":[{"category":"personal","subjects":500}],"at":"2024-06-01","ordinary":true}"#,
    r#"{"from":"DE","to":"GB","items":[{"category":"personal"}],"at":"2024-06-01","known_on":"2024-01-01"}"#,
    r#"{"id":"q","from":"GB","to":"CN","items":[{"category":"personal"}],"at":"2024-06-01"}"#,
    r#"{"from":"CN","items":[{"category":"personal","subjects":{"calendar-year":5}}],"at":"2024-06-01"}"#,
];

/// Returns the folder of the repository, from it or from the fuzz targets in
/// it.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = if here.join("catalog").exists() { Some(here) } else { here.parent() };
    root.unwrap().to_owned()
}

/// Reads a file of the repository.
pub fn file(name: &str) -> Vec<u8> {
    let path = repository().join(name);
    fs::read(&path).unwrap_or_else(|it| panic!("{}: {it}", path.display()))
}

/// Reads every file below a folder of the repository whose name ends so.
pub fn files(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![repository().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    assert!(!found.is_empty(), "nothing is left of {folder}");
    found.into_values().collect()
}

/// The records of the small catalog, with their head.
pub fn records() -> &'static (Head, Vec<Record>) {
    static RECORDS: OnceLock<(Head, Vec<Record>)> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let sources = read_folder(&repository().join("tests/common/small")).unwrap();
        records_of(&sources).unwrap()
    })
}

/// The chains that they make.
pub fn chains() -> &'static Chains {
    static CHAINS: OnceLock<Chains> = OnceLock::new();
    CHAINS.get_or_init(|| records().1.iter().cloned().fold(Chains::default(), Chains::append))
}

/// Their state.
pub fn state() -> &'static Arc<State> {
    static STATE: OnceLock<Arc<State>> = OnceLock::new();
    STATE.get_or_init(|| Arc::new(chains().state().unwrap()))
}

/// A registry of them in a folder, for as long as the process runs.
pub fn registry() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let root = folder().join("registry");
        let (head, records) = records();
        drop(Publisher::create(&root, records, &head.origin).unwrap());
        root
    })
}

/// A folder for this process: that of the tests, which each run clears, or a new
/// one, which whoever runs a fuzz target removes.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let Some(tests) = option_env!("CARGO_TARGET_TMPDIR") else {
            return tempfile::Builder::new().prefix("neglist-hostile-").tempdir().unwrap().keep();
        };
        let folder = Path::new(tests).join("hostile");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// The key that signs the log of the small registry.
pub fn key() -> SecretKey {
    SecretKey::from_seed(&[9; 32])
}

/// Its public half.
pub fn log_key() -> LogKey {
    LogKey::of_log(&records().0.origin, &key())
}

/// The signed head of the first so many records.
pub fn note_at(size: u64) -> String {
    let tree = LogTree::new(chains().log());
    let root = tree.root_at(size).unwrap();
    Checkpoint { origin: records().0.origin.clone(), size, root }.sign(&key())
}

/// What is said of a mistake says something.
pub fn is_said(message: &dyn std::fmt::Display) {
    let text = message.to_string();
    assert!(!text.trim().is_empty(), "nothing is said of a mistake");
}

/// Takes the first byte off, which says what the rest is.
pub fn kind(bytes: &[u8], kinds: u8) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (first % kinds, rest))
}

/// Puts a byte before some bytes.
pub fn of_kind(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], bytes].concat()
}

/// Unpacks at most so much of a snapshot, as whoever wrote it meant it.
pub fn unpacked(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    zstd::stream::read::Decoder::new(bytes).ok()?.take(most).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Packs as little as can be: only that it is read matters.
pub fn packed(text: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(text, 1).unwrap()
}

/// Files in memory that keep what is written.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Disk for Memory {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let below = self.0.keys().filter_map(|it| it.strip_prefix(folder)?.strip_prefix('/'));
        Ok(below.map(str::to_owned).collect())
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.get(name).cloned())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.entry(name.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }

    fn overwrite(&mut self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = self.0.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        file.resize(file.len().max(start + bytes.len()), b' ');
        file.splice(start..start + bytes.len(), bytes.iter().copied());
        Ok(())
    }

    fn sync_file(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn sync_folder(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}
