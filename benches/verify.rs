//! How fast a registry is verified: `cargo bench --bench verify`. Twenty lists
//! of 500 entries, a hundred revisions each, of which each changes 2 % of the
//! entries. An entry version is one entry that a record adds or replaces.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    reason = "a program that measures"
)]

mod common;
#[path = "common/registries.rs"]
mod registries;

use std::time::{Duration, Instant};

use common::{bundled, is_only_built};
use neglist::canon::{Chains, SecretKey};
use neglist::journal::{RealDisk, read_folder, read_lines, snapshot};
use neglist::registry::audit;
use registries::{Growing, signed_registry};

const LISTS: usize = 20;
const REVISIONS: usize = 100;
const ENTRIES: usize = 500;
const CHANGED: usize = ENTRIES / 50;
const RUNS: usize = 5;

fn main() {
    if is_only_built() {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path().join("registry");
    let (state, key) = (bundled(), SecretKey::from_seed(&[7; 32]));
    let mut publisher = signed_registry(&root, &state, &key);
    let mut lists: Vec<_> = (0..LISTS).map(|it| Growing::new(&state, it, ENTRIES)).collect();
    for revision in 0..REVISIONS {
        for list in &mut lists {
            if revision != 0 {
                list.change(CHANGED);
            }
            list.publish(&mut publisher, &key);
        }
    }
    let head = publisher.chains().position().unwrap();
    drop(publisher);

    let disk = RealDisk::new(&root);
    let lines = read_lines(&disk).unwrap();
    let bytes: usize = lines.iter().map(Vec::len).sum();
    let versions = LISTS * (ENTRIES + (REVISIONS - 1) * CHANGED);
    println!("{} records, {bytes} bytes, {versions} entry versions", lines.len());
    say("each record by itself, on one core", versions, || {
        let replayed = lines.iter().fold(Chains::default(), |chains, line| {
            let record = chains.read(line).unwrap();
            chains.append(record)
        });
        assert_eq!(replayed.position().as_ref(), Some(&head));
    });
    say("the journal, on all cores", versions, || {
        assert_eq!(read_folder(&disk).unwrap().position().as_ref(), Some(&head));
    });
    say("fsck, which compares the views too", versions, || {
        assert_eq!(audit(&root).unwrap().views, Vec::<String>::new());
    });
    let packed = snapshot::write(&head, &lines).unwrap();
    say("a snapshot, as on import", versions, || {
        assert_eq!(snapshot::read(&packed).unwrap().head, head);
    });
}

fn say(what: &str, versions: usize, run: impl Fn()) {
    let time = (0..RUNS).map(|_| timed(&run)).min().unwrap_or_default();
    let rate = f64::from(u32::try_from(versions).unwrap()) / time.as_secs_f64();
    println!("  {what:<40} {time:>10.2?}   {rate:>10.0} entry versions a second   (best of {RUNS})");
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
