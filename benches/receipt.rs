//! Receipts of the open exam: how large they are, and how long it takes to make
//! and to verify one.

#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_macros, reason = "a benchmark")]
#![expect(clippy::indexing_slicing, reason = "a benchmark")]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::is_only_built;
use neglist::canon::{Chains, SecretKey, exam_from_json};
use neglist::catalog::read_folder;
use neglist::log::{Checkpoint, LogKey, LogTree};
use neglist::receipt::{Bounds, Policy, Prover, verify};
use neglist::registry::records_of;

/// Each question is asked so often.
const ROUNDS: usize = 11;

fn main() {
    if is_only_built() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (head, records) = records_of(&read_folder(&root.join("catalog")).unwrap()).unwrap();
    let chains = records.into_iter().fold(Chains::default(), Chains::append);
    let key = SecretKey::from_seed(&[9; 32]);
    let tree = LogTree::new(chains.log());
    let note = Checkpoint { origin: head.origin.clone(), size: tree.size(), root: tree.root() }.sign(&key);
    let start = Instant::now();
    let prover = Prover::new(&chains, &note).unwrap();
    println!("opened in {:.1?}: {} records", start.elapsed(), head.size);
    let log = LogKey::of_log(&head.origin, &key);
    let policy = Policy { log, witnesses: Vec::new(), threshold: 0, bounds: Bounds::default() };
    let text = fs::read_to_string(root.join("tests/exam/open.jsonl")).unwrap();
    let questions = text.lines().filter(|it| !it.trim().is_empty()).map(|it| exam_from_json(it).unwrap().question);
    let (mut sizes, mut made, mut verified) = (Vec::new(), Vec::new(), Vec::new());
    for question in questions.filter(|it| it.to.is_some()) {
        let receipt = prover.prove(&question).unwrap();
        sizes.push(receipt.len());
        made.push(median(|| drop(prover.prove(&question).unwrap())));
        verified.push(median(|| drop(verify(&receipt, &policy).unwrap())));
    }
    println!("{} questions with a destination, each the median of {ROUNDS}", sizes.len());
    print("bytes, at most 25 000 of an ordinary one", &mut sizes, |it| it.to_string());
    print("made, at most 1 ms", &mut made, |it| format!("{it:.0?}"));
    print("verified, at most 1 ms", &mut verified, |it| format!("{it:.0?}"));
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn print<T: Ord + Copy>(what: &str, all: &mut [T], text: impl Fn(T) -> String) {
    all.sort();
    let at = |share: usize| text(all[(all.len() - 1) * share / 100]);
    println!("{what}: least {}, half {}, nine in ten {}, most {}", at(0), at(50), at(90), at(100));
}
