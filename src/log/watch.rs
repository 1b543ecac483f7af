//! Watching a log: does the head that it shows today continue those that it
//! showed before?

use std::str;

use crate::log::checkpoint::{Checkpoint, Cosigned, InvalidCheckpoint};
use crate::log::fork::Fork;
use crate::log::key::LogKey;
use crate::log::served::{CHECKPOINT_PATH, ServedError, ServedLog, ServedTree};

/// What a visit found.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The head that is shown, as it was signed.
    pub note: String,
    /// What it says.
    pub head: Cosigned,
    /// How it stands to the heads that were seen before.
    pub sight: Sight,
}

/// How a head stands to those that were seen before.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    /// None was seen before.
    First,
    /// It was seen before, and no later one.
    Same,
    /// It continues the head of so many entries, the last that was seen.
    Grown(u64),
    /// A later one was seen: what is shown is of the past. With how many
    /// entries the last one was.
    Older(u64),
    /// It contradicts a head that was seen before.
    Fork(Fork),
}

/// Why a visit told nothing.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// There is no checkpoint.
    #[error("there is no signed checkpoint at this address")]
    NoCheckpoint,
    /// The checkpoint is not believed.
    #[error("the checkpoint is not believed: {0}")]
    Checkpoint(#[from] InvalidCheckpoint),
    /// The log cannot be read, or its tiles are not what it signed.
    #[error(transparent)]
    Served(#[from] ServedError),
}

/// Looks at the head of a log that is served. `seen` are the heads of this log
/// that were seen before, as they were signed.
pub fn visit(served: &dyn ServedLog, log: &LogKey, witnesses: &[LogKey], seen: &[String]) -> Result<Visit, WatchError> {
    let note = served.read(CHECKPOINT_PATH).map_err(ServedError::from)?.ok_or(WatchError::NoCheckpoint)?;
    let note = str::from_utf8(&note).map_err(|_| InvalidCheckpoint::Malformed)?.to_owned();
    let head = Checkpoint::read(&note, log, witnesses)?;
    let mut before = Vec::new();
    for note in seen {
        before.push((Checkpoint::read(note, log, &[])?.checkpoint, note));
    }
    let sight = sight(served, (&head.checkpoint, &note), &before)?;
    Ok(Visit { note, head, sight })
}

fn sight(
    served: &dyn ServedLog,
    (head, note): (&Checkpoint, &String),
    seen: &[(Checkpoint, &String)],
) -> Result<Sight, WatchError> {
    let tree = ServedTree::new(served, head);
    // Heads that were seen agree with one another: the last below is enough.
    let below = seen.iter().filter(|(it, _)| 0 < it.size && it.size <= head.size).max_by_key(|(it, _)| it.size);
    if let Some((earlier, signed)) = below {
        let (root, consistency) = tree.beginning(earlier.size)?;
        if root != earlier.root {
            return Ok(Sight::Fork(Fork::new(signed, note, root, consistency)));
        }
    }
    let last = seen.iter().map(|(it, _)| it.size).max();
    Ok(match last {
        None => Sight::First,
        Some(last) if last > head.size => Sight::Older(last),
        Some(last) if last == head.size => Sight::Same,
        Some(last) => Sight::Grown(last),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io;

    use super::*;
    use crate::canon::SecretKey;
    use crate::log::{InvalidFork, LogTree};

    struct Files(BTreeMap<String, Vec<u8>>);

    impl ServedLog for Files {
        fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
            Ok(self.0.get(path).cloned())
        }
    }

    fn key() -> SecretKey {
        SecretKey::from_seed(&[1; 32])
    }

    fn log_key() -> LogKey {
        LogKey::of_log("log.example", &key())
    }

    /// A log of so many entries, of which those from `fork` on are others.
    fn served(size: u64, fork: u64) -> Files {
        let mut tree = LogTree::default();
        for index in 0..size {
            let kind = u8::from(fork <= index);
            tree.push(tlog_tiles::record_hash(&[index.to_be_bytes().as_slice(), &[kind]].concat()).0);
        }
        let note = Checkpoint { origin: "log.example".to_owned(), size, root: tree.root() }.sign(&key());
        let mut files: BTreeMap<_, _> = tree.tiles_since(0).into_iter().map(|it| (it.path, it.bytes)).collect();
        files.insert(CHECKPOINT_PATH.to_owned(), note.into_bytes());
        Files(files)
    }

    fn note(files: &Files) -> String {
        String::from_utf8(files.0[CHECKPOINT_PATH].clone()).unwrap()
    }

    fn seen(files: &Files, before: &[String]) -> Sight {
        visit(files, &log_key(), &[], before).unwrap().sight
    }

    const NEVER: u64 = u64::MAX;

    #[test]
    fn a_log_that_grows_is_told_from_one_that_forks() {
        let (small, large) = (served(300, NEVER), served(1000, NEVER));
        assert_eq!(seen(&small, &[]), Sight::First);
        assert_eq!(seen(&small, &[note(&small)]), Sight::Same);
        assert_eq!(seen(&large, &[note(&small)]), Sight::Grown(300));
        assert_eq!(seen(&small, &[note(&large)]), Sight::Older(1000));
        assert_eq!(seen(&small, &[note(&small), note(&large)]), Sight::Older(1000));
        // A log begins empty, and whatever comes next continues that.
        let empty = note(&served(0, NEVER));
        assert_eq!(seen(&small, std::slice::from_ref(&empty)), Sight::Grown(0));
        assert_eq!(seen(&small, &[empty, note(&large)]), Sight::Older(1000));
        for (shown, before) in
            [(served(1000, 299), &small), (served(300, 0), &small), (served(257, 200), &served(256, NEVER))]
        {
            let Sight::Fork(fork) = seen(&shown, &[note(before)]) else { panic!("a fork passed") };
            let (earlier, later) = Fork::verify(fork.write().as_bytes(), &log_key()).unwrap();
            assert!(earlier.size <= later.size);
        }
        // What forks behind all that was seen cannot be told by these.
        assert_eq!(seen(&served(1000, 300), &[note(&small)]), Sight::Grown(300));
    }

    #[test]
    fn evidence_that_contradicts_nothing_is_refused() {
        let (small, large) = (served(300, NEVER), served(1000, NEVER));
        let head = Checkpoint::read(&note(&large), &log_key(), &[]).unwrap().checkpoint;
        let served_tree = ServedTree::new(&large, &head);
        let (root, consistency) = served_tree.beginning(300).unwrap();
        let honest = Fork::new(&note(&small), &note(&large), root, consistency.clone());
        assert_eq!(Fork::verify(honest.write().as_bytes(), &log_key()), Err(InvalidFork::NoContradiction));
        let invented = Fork::new(&note(&small), &note(&large), [0; 32], consistency);
        assert_eq!(Fork::verify(invented.write().as_bytes(), &log_key()), Err(InvalidFork::NoContradiction));
        let other = LogKey::of_log("log.example", &SecretKey::from_seed(&[2; 32]));
        assert!(matches!(Fork::verify(honest.write().as_bytes(), &other), Err(InvalidFork::Checkpoint(_))));
    }

    #[test]
    fn tiles_that_do_not_make_the_root_prove_nothing() {
        let small = note(&served(300, NEVER));
        let path = "tile/0/001";
        let mut gone = served(1000, NEVER);
        assert!(gone.0.remove(path).is_some());
        let error = visit(&gone, &log_key(), &[], std::slice::from_ref(&small)).unwrap_err();
        assert!(matches!(error, WatchError::Served(ServedError::Missing(it)) if it == path));
        let mut bad = served(1000, NEVER);
        bad.0.get_mut(path).unwrap()[5] ^= 1;
        let error = visit(&bad, &log_key(), &[], &[small]).unwrap_err();
        assert!(matches!(error, WatchError::Served(ServedError::Tiles)));
    }

    #[test]
    fn a_part_of_a_tile_may_be_gone_once_the_tile_is_full() {
        let small = note(&served(300, NEVER));
        let mut files = served(300, NEVER);
        let full = served(512, NEVER).0["tile/0/001"].clone();
        files.0.remove("tile/0/001.p/44").unwrap();
        files.0.insert("tile/0/001".to_owned(), full);
        let earlier = note(&served(290, NEVER));
        assert_eq!(seen(&files, &[earlier]), Sight::Grown(290));
        assert_eq!(seen(&files, &[small]), Sight::Same);
    }
}
