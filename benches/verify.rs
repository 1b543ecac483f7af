//! How fast a registry is verified: `cargo bench --bench verify`. Twenty lists
//! of 500 entries, a hundred revisions each, of which each changes 2 % of the
//! entries. An entry version is one entry that a record adds or replaces. In the
//! end one revision more comes at a time, and its head is signed: by whoever
//! verifies every record for that, and as a server does, which goes on.

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
use neglist::journal::{JournalLines, RealDisk, Verified, read_folder, read_lines, sign_head, sign_verified, snapshot};
use neglist::registry::{Publisher, audit};
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

    let key_file = root.with_extension("key");
    let (mut publisher, mut growing) = (Publisher::open(&root).unwrap(), lists.swap_remove(0));
    sign_head(&root, &key, &key_file, true).unwrap();
    let (mut verified, mut times) = (Verified::default(), Vec::new());
    for _ in 0..=RUNS {
        growing.change(CHANGED);
        growing.publish(&mut publisher, &key);
        let head = publisher.chains().position().unwrap();
        let found = JournalLines::find(&root, head.size).unwrap();
        let on = timed(|| drop(sign_verified(&root, &mut verified, &found, &head, &key, &key_file).unwrap()));
        let anew = timed(|| drop(sign_head(&root, &key, &key_file, false).unwrap()));
        times.push((anew, on));
    }
    // The first time there is nothing to go on from.
    let best = |of: fn(&(Duration, Duration)) -> Duration| times.iter().skip(1).map(of).min().unwrap_or_default();
    let (anew, on) = (best(|it| it.0), best(|it| it.1));
    let ratio = anew.as_secs_f64() / on.as_secs_f64();
    println!("  the next head signed: {anew:.2?} with every record verified, {on:.2?} going on: {ratio:.0} : 1");
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
