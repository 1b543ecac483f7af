//! What a durable publish costs beside the disk's own sync:
//! `cargo bench --bench publish`. Both write the same line and are timed turn
//! by turn in one run; the ratio is what counts, for disks differ.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    reason = "a program that measures"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{bundled, is_only_built};
use neglist::canon::{Publication, SecretKey};
use neglist::model::{Authority, Revision, State, Text};
use neglist::registry::{Publisher, init};
use semver::Version;

const ROUNDS: usize = 500;
const RECORDED: &str = "2026-01-01T00:00:00Z";
const LIST: &str = "CN/cross-border-transfer";

fn main() {
    if is_only_built() {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let state = bundled();
    for (what, others) in [("an otherwise empty registry", false), ("beside the 104 bundled lists", true)] {
        let root = folder.path().join(if others { "full" } else { "empty" });
        let key = SecretKey::from_seed(&[7; 32]);
        let mut publisher = registry(&root, &state, &key, others);
        measure(what, &mut publisher, &state, &key, &folder.path().join("raw"));
    }
}

fn registry(root: &Path, state: &State, key: &SecretKey, others: bool) -> Publisher {
    let mut publisher = init(root, "example/bench", key, state, RECORDED).unwrap();
    let authority = Authority {
        id: "ministry".parse().unwrap(),
        name: Text { en: "Ministry".to_owned(), zh: "部".to_owned() },
        lists: state.lists.keys().map(|it| it.as_str().parse().unwrap()).collect::<BTreeSet<_>>(),
        keys: BTreeSet::from([key.public()]),
        threshold: 1,
        reason: "measuring".to_owned(),
    };
    publish(&mut publisher, Publication::Authority(authority), key);
    for list in state.lists.values().filter(|it| others && it.id.as_str() != LIST) {
        for issued in &list.revisions {
            publish(&mut publisher, Publication::Revision(Box::new(issued.revision.clone())), key);
        }
    }
    publisher
}

fn publish(publisher: &mut Publisher, publication: Publication, key: &SecretKey) {
    publisher.publish_signed(publication, RECORDED, std::slice::from_ref(key)).unwrap();
}

fn measure(what: &str, publisher: &mut Publisher, state: &State, key: &SecretKey, raw: &Path) {
    let mut revision: Revision = state.lists[LIST].revisions.last().unwrap().revision.clone();
    revision.version = Version::new(1, 0, 0);
    revision.withdraws.clear();
    let mut file = OpenOptions::new().create(true).append(true).open(raw).unwrap();
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let mut ratios = Vec::new();
    let line = vec![b'x'; 3_000];
    for round in 0..ROUNDS {
        revision.version.patch += 1;
        let (id, entry) = revision.entries.get_min().unwrap().clone();
        let mut entry = Arc::unwrap_or_clone(entry);
        entry.note.en = format!("As revised in {}.", revision.version);
        revision.entries.insert(id, Arc::new(entry));
        let publication = Publication::Revision(Box::new(revision.clone()));
        let floor = |file: &mut File| {
            timed(|| {
                file.write_all(&line).unwrap();
                file.sync_data().unwrap();
            })
        };
        // Neither is always first.
        let before = (round % 2 == 0).then(|| floor(&mut file));
        let published = timed(|| publish(publisher, publication, key));
        let raw = before.unwrap_or_else(|| floor(&mut file));
        times.entry("append and fdatasync").or_default().push(raw);
        times.entry("publish, acknowledged").or_default().push(published);
        ratios.push(published.as_secs_f64() / raw.as_secs_f64());
    }
    println!("{what}, {} entries, {ROUNDS} rounds", revision.entries.len());
    for (what, times) in &mut times {
        times.sort();
        let (median, p99) = (times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
        println!("  {what:<40} median {median:>10.1?}   p99 {p99:>10.1?}");
    }
    ratios.sort_by(f64::total_cmp);
    println!("  {:<40} median {:>10.2}   (of the ratios of each round; at most 3)", "ratio", ratios[ROUNDS / 2]);
    let settled = timed(|| publisher.settle());
    println!("  {:<40}        {settled:>10.1?}   (once, when the publisher closes)", "writing down the views");
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
