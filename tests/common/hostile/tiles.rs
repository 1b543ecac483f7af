//! A registry that is served by a stranger, to whoever mirrors or watches it.
//! Whatever it serves, a mirror that knows the log's key has what was signed or
//! stays as it is, and nobody is accused who signed one history.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io;

use neglist::canon::head_document;
use neglist::journal::bundle_path;
use neglist::log::{CHECKPOINT_PATH, Checkpoint, Fork, LogTree, ServedLog, Sight, visit};
use neglist::registry::{mirror, records_after};

use super::{chains, folder, is_said, key, kind, log_key, note_at, of_kind, records};

/// The files that the stranger serves, and how often one was asked for.
struct Served {
    files: BTreeMap<String, Vec<u8>>,
    /// Whether there is a tile wherever one is looked for: of somebody who signs
    /// what he likes.
    is_made_up: bool,
    asked: Cell<usize>,
}

impl ServedLog for Served {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.asked.set(self.asked.get() + 1);
        assert!(self.asked.get() < 100_000, "it goes on and on");
        assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        let made_up = || {
            let width = path.rsplit_once(".p/").map_or(256, |(_, width)| width.parse().unwrap());
            (self.is_made_up && path.starts_with("tile/")).then(|| vec![0xab; width * 32])
        };
        Ok(self.files.get(path).cloned().or_else(made_up))
    }
}

/// The files of the honest log.
fn honest() -> BTreeMap<String, Vec<u8>> {
    let (head, records) = records();
    let tree = LogTree::new(chains().log());
    let mut files: BTreeMap<_, _> = tree.tiles_since(0).into_iter().map(|it| (it.path, it.bytes)).collect();
    files.insert(CHECKPOINT_PATH.to_owned(), note_at(head.size).into_bytes());
    files.insert("head".to_owned(), head_document(head).into_bytes());
    let bundle: Vec<u8> = records.iter().flat_map(|it| [it.line(), b"\n"].concat()).collect();
    files.insert(format!("records/{}", bundle_path(0, records.len())), bundle);
    files
}

/// The head that the log itself signs, though there is no such tree: of the size
/// that eight bytes say, with the root that a byte does.
fn signed_though_wrong(bytes: &[u8]) -> (String, &[u8]) {
    let (size, rest) = bytes.split_first_chunk().unwrap_or((&[0xff; 8], bytes));
    let (root, rest) = rest.split_first().map_or((0, rest), |(first, rest)| (*first, rest));
    let size = u64::from_le_bytes(*size);
    let ours = LogTree::new(chains().log()).root();
    let root = if root == 0 { ours } else { [root; 32] };
    (Checkpoint { origin: records().0.origin.clone(), size, root }.sign(&key()), rest)
}

/// An input is a list of files that stand in the place of the honest ones: the
/// number of the file, how long it is in two bytes, and what it holds.
fn served(mut bytes: &[u8]) -> Served {
    let mut files = honest();
    let names: Vec<_> = files.keys().cloned().chain(["records/000".to_owned(), "tile/0/000".to_owned()]).collect();
    while let [number, low, high, rest @ ..] = bytes {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (content, rest) = rest.split_at(length);
        files.insert(names[usize::from(*number) % names.len()].clone(), content.to_vec());
        bytes = rest;
    }
    Served { files, is_made_up: false, asked: Cell::new(0) }
}

pub fn check(bytes: &[u8]) {
    let log = log_key();
    let (kind, bytes) = kind(bytes, 2);
    let is_honest = kind == 0;
    let served = if is_honest {
        served(bytes)
    } else {
        let (note, rest) = signed_though_wrong(bytes);
        let mut served = served(rest);
        served.files.insert(CHECKPOINT_PATH.to_owned(), note.into_bytes());
        Served { is_made_up: true, ..served }
    };
    for seen in [Vec::new(), vec![note_at(3)], vec![note_at(3), note_at(chains().size())]] {
        match visit(&served, &log, &[], &seen) {
            Err(error) => is_said(&error),
            Ok(visit) if !is_honest => {
                // What is kept of a fork convinces whoever has the key.
                if let Sight::Fork(fork) = visit.sight {
                    Fork::verify(fork.write().as_bytes(), &log).unwrap();
                }
            }
            Ok(visit) => {
                let root = LogTree::new(chains().log()).root_at(visit.head.checkpoint.size);
                assert_eq!(root, Some(visit.head.checkpoint.root), "the log did not sign it");
                assert!(!matches!(visit.sight, Sight::Fork(_)), "an honest log is accused");
            }
        }
    }
    if let Err(error) = records_after(&served, chains()) {
        is_said(&error);
    }
    // What a mirror takes is written to a disk: once for what is as it should be.
    let honest = honest();
    let is_same = |name: &str| served.files.get(name) == honest.get(name);
    if !bytes.is_empty() && honest.keys().filter(|it| !it.starts_with("tile/")).all(|it| is_same(it)) {
        return;
    }
    for key in [None, Some(&log)] {
        let root = folder().join("mirror");
        match mirror(&served, &root, key) {
            Err(error) => {
                is_said(&error);
                assert!(!root.exists(), "half a mirror is left: {error}");
            }
            Ok(mirrored) => {
                if key.is_some() && is_honest {
                    assert_eq!(chains().hash_of(mirrored.head.size - 1), Some(mirrored.head.hash));
                }
                let found = neglist::registry::chains(&root).unwrap();
                assert_eq!(found.position(), Some(mirrored.head));
            }
        }
        for name in ["mirror", "mirror.seen"] {
            let _ = fs::remove_dir_all(folder().join(name));
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let honest = honest();
    let entry = |number: usize, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_le_bytes();
        [&[u8::try_from(number).unwrap()], length.as_slice(), &content[..content.len().min(65_535)]].concat()
    };
    let mut seeds: Vec<Vec<u8>> = honest.values().enumerate().map(|(number, content)| entry(number, content)).collect();
    seeds.push(Vec::new());
    let place = |name: &str| honest.keys().position(|it| it == name).unwrap();
    seeds.push(entry(place(CHECKPOINT_PATH), note_at(3).as_bytes()));
    let claimed = neglist::model::Head { size: u64::MAX, ..records().0.clone() };
    seeds.push(entry(place("head"), head_document(&claimed).as_bytes()));
    let mut seeds: Vec<_> = seeds.into_iter().map(|it| of_kind(0, &it)).collect();
    for size in [0, 1, 3, 6, 255, 256, 257, 1 << 40, 1 << 62, 1 << 63, u64::MAX - 1, u64::MAX] {
        seeds.push(of_kind(1, &[u64::to_le_bytes(size).as_slice(), &[7]].concat()));
    }
    seeds.push(of_kind(1, &[chains().size().to_le_bytes().as_slice(), &[0]].concat()));
    seeds
}
