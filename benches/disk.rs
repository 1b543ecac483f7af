//! What a registry takes on disk, and how long it takes to open:
//! `cargo bench --bench disk`, or `cargo bench --bench disk -- 100000` for
//! another number of publishes. Each changes one or two entries of one of fifty
//! lists with 100 to 500 entries.

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

use std::path::Path;
use std::time::{Duration, Instant};

use common::{bundled, is_only_built};
use neglist::canon::SecretKey;
use neglist::registry::{Publisher, Registry, audit};
use neglist::store::Store;
use registries::{Growing, bytes_below, entry_bytes, signed_registry};

const LISTS: usize = 50;
const PUBLISHES: usize = 10_000;

fn main() {
    if is_only_built() {
        return;
    }
    let publishes = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(PUBLISHES);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path().join("registry");
    let canonical = fill(&root, publishes);
    println!("{publishes} publishes of {LISTS} lists, each changing 1 or 2 of 100 to 500 entries");
    say("canonical bytes of what changed", canonical, canonical);
    say("journal                           (at most 1.30)", bytes_below(&root.join("journal")), canonical);
    say("store                             (at most 5.00)", bytes_below(&root.join("store")), canonical);
    say("index", bytes_below(&root.join("index")), canonical);
    open(&root);
    println!("  compacted in {:.2?}", timed(|| drop(Publisher::open(&root).unwrap().compact().unwrap())));
    say("store, compacted                  (at most 5.00)", bytes_below(&root.join("store")), canonical);
    open(&root);
    let audited = timed(|| assert_eq!(audit(&root).unwrap().views, Vec::<String>::new()));
    println!("  {:<50} {audited:>10.2?}", "fsck");
}

/// Publishes, and returns how many canonical bytes that was.
fn fill(root: &Path, publishes: usize) -> u64 {
    let state = bundled();
    let key = SecretKey::from_seed(&[7; 32]);
    let mut publisher = signed_registry(root, &state, &key);
    let mut lists: Vec<_> = (0..LISTS).map(|it| Growing::new(&state, it, 100 + it * 400 / (LISTS - 1))).collect();
    let mut canonical = 0;
    let start = Instant::now();
    for list in &mut lists {
        canonical += list.header_bytes() + list.revision.entries.values().map(|it| entry_bytes(it)).sum::<u64>();
        list.publish(&mut publisher, &key);
    }
    for publish in 0..publishes - LISTS {
        let list = &mut lists[publish * 7 % LISTS];
        canonical += list.change(1 + publish % 2).iter().map(|it| entry_bytes(it)).sum::<u64>() + list.header_bytes();
        list.publish(&mut publisher, &key);
    }
    println!("  published in {:.2?}", start.elapsed());
    println!("  views written down in {:.2?}", timed(|| drop(publisher)));
    canonical
}

fn say(what: &str, bytes: u64, canonical: u64) {
    println!("  {what:<50} {bytes:>13} bytes   ratio {:.2}", ratio(bytes, canonical));
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of two numbers far below 2^53")]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

fn open(root: &Path) {
    for (what, run) in [
        ("opened for reading", (|root| drop(Registry::open(root).unwrap())) as fn(&Path)),
        ("opened the store", |root| drop(Store::open(&root.join("store")).unwrap())),
        ("opened for writing", |root| drop(Publisher::open(root).unwrap())),
    ] {
        let mut times: Vec<_> = (0..3).map(|_| timed(|| run(root))).collect();
        times.sort();
        println!("  {what:<50} {:>10.2?}   (best of 3)", times[0]);
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
