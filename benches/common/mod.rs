//! What the programs that measure have in common.

#![allow(dead_code, unreachable_pub, reason = "each program uses its own part of it")]

use std::time::Instant;

use neglist::journal::snapshot;
use neglist::model::{Revision, State};

/// Pairs of revisions of real lists that are measured.
pub const PAIRS: [(&str, &str, &str); 3] = [
    ("CN/cross-border-transfer", "4.0.2", "5.0.0"),
    ("US/data-security-program", "1.0.0", "2.0.0"),
    ("EEA/gdpr-chapter-v", "11.0.0", "12.0.0"),
];

/// Returns whether nothing is to be measured: `cargo test --benches` only wants
/// to know that it builds.
pub fn is_only_built() -> bool {
    std::env::args().any(|it| it == "--test")
}

/// Returns the state of the bundled registry.
pub fn bundled() -> State {
    let bundled = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    bundled.chains.state().unwrap()
}

/// Returns a revision of a list.
pub fn revision<'s>(state: &'s State, list: &str, version: &str) -> &'s Revision {
    let found = state.lists[list].revisions.iter().find(|it| it.revision.version.to_string() == version);
    &found.unwrap().revision
}

/// Runs something several times, prints the best and the median, and returns
/// what it came to.
pub fn measured<T>(what: &str, runs: usize, run: impl Fn() -> T) -> T {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..runs {
        let start = Instant::now();
        let found = std::hint::black_box(run());
        times.push(start.elapsed());
        last = Some(found);
    }
    times.sort();
    println!("{what:<60} best {:>12.1?}   median {:>12.1?}", times[0], times[runs / 2]);
    last.unwrap()
}
