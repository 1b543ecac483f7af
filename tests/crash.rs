//! Re-executes itself as a process that publishes, kills it at a random
//! moment, reopens, and looks.
//!
//! Few rounds here; `NEGLIST_CRASH_ROUNDS=200` makes more of them, and
//! `NEGLIST_CRASH_SEED` others.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod common;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{Dice, LIST, RECORDED, next_revision, small_registry};
use neglist::canon::Publication;
use neglist::model::ListId;
use neglist::registry::{Publisher, audit};

/// Where the child publishes; only the child has it.
const REGISTRY: &str = "NEGLIST_CRASH_REGISTRY";

/// What the child says, each on a line of its own: that it opened the
/// registry, and every record that was acknowledged.
const OPENED: &str = "opened";
const ACKNOWLEDGED: &str = "acknowledged";

/// Publishes until it is killed. Each acknowledgement is handed to the
/// operating system before the next publication begins.
fn publish_for_ever(root: &Path) -> ! {
    let mut said = std::io::stderr();
    let mut publisher = Publisher::open(root).unwrap();
    writeln!(said, "{OPENED}").unwrap();
    loop {
        let revision = next_revision(publisher.chains(), LIST);
        let done = publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
        writeln!(said, "{ACKNOWLEDGED} {} {}", done.size - 1, done.hash).unwrap();
    }
}

/// Starts the child, kills it, and returns what it said.
fn publish_and_kill(root: &Path, dice: &mut Dice) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "what_is_acknowledged_survives_a_kill", "--nocapture"])
        .env(REGISTRY, root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = mpsc::channel();
    let said = BufReader::new(child.stderr.take().unwrap());
    let reader = thread::spawn(move || {
        // The last line may be cut off by the kill, and is then none.
        for line in said.split(b'\n') {
            sender.send(String::from_utf8(line.unwrap()).unwrap()).unwrap();
        }
    });
    let mut heard = Vec::new();
    // Some kills count from the start, and so hit the opening; others from
    // when it is open, or has published, and so hit the publishing.
    for _ in 0..dice.below(6) {
        heard.extend(lines.recv());
    }
    thread::sleep(Duration::from_micros(dice.below(60_000)));
    child.kill().unwrap();
    let status = child.wait().unwrap();
    reader.join().unwrap();
    heard.extend(lines.try_iter());
    assert_eq!(status.code(), None, "it ended by itself: {heard:?}");
    heard
}

/// So many rounds one registry lives: each verifies anew all that is in it.
const ROUNDS_OF_ONE: u64 = 20;

/// What some rounds came to.
#[derive(Debug, Default)]
struct Tally {
    opened: usize,
    acknowledged: usize,
    kept: u64,
    mended: usize,
}

/// Kills one registry's publisher again and again.
fn kill_and_look(rounds: u64, case: &str, dice: &mut Dice) -> Tally {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let made_with = small_registry(&root).chains().size();
    let list: ListId = LIST.parse().unwrap();
    // Every record that was ever acknowledged, by number.
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    let mut tally = Tally::default();
    for round in 0..rounds {
        let case = format!("{case}, round {round}");
        let said = publish_and_kill(&root, dice);
        tally.opened += usize::from(said.iter().any(|it| it == OPENED));
        for line in &said {
            let words: Vec<_> = line.split(' ').collect();
            if let [ACKNOWLEDGED, index, hash] = words[..]
                && hash.len() == 64
            {
                acknowledged.push((index.parse().unwrap(), hash.to_owned()));
            }
        }

        // Somebody who only looks: the chain verifies, nothing needs help.
        let looked = audit(&root).unwrap();
        let least = acknowledged.last().map_or(made_with, |it| it.0 + 1);
        assert!(least <= looked.head.size, "{case}: {} of {least}", looked.head.size);

        // The next writer: it opens without help, and everything is there.
        let publisher = Publisher::open(&root).unwrap();
        tally.mended += usize::from(!publisher.mended().is_empty());
        let chains = publisher.chains();
        for (index, hash) in &acknowledged {
            let found = chains.hash_of(*index).map(|it| it.to_string());
            assert_eq!(found.as_ref(), Some(hash), "{case}: record {index} of {} was acknowledged", chains.size());
        }
        assert!(looked.head.size <= chains.size() && chains.size() <= looked.head.size + 1, "{case}");
        tally.kept = chains.size() - made_with;
        // Each record after the first ones is a revision of the list.
        assert_eq!(chains.lists()[&list].revisions.len() as u64, 4 + tally.kept, "{case}");
        drop(publisher);
        assert_eq!(audit(&root).unwrap().views, Vec::<String>::new(), "{case}");
    }
    Tally { acknowledged: acknowledged.len(), ..tally }
}

#[test]
fn what_is_acknowledged_survives_a_kill() {
    if let Some(root) = env::var_os(REGISTRY) {
        publish_for_ever(Path::new(&root));
    }
    let number = |name: &str, usual: u64| env::var(name).map_or(usual, |it| it.parse().unwrap());
    let (rounds, seed) = (number("NEGLIST_CRASH_ROUNDS", 20), number("NEGLIST_CRASH_SEED", 1));
    let mut dice = Dice(seed);
    let mut all = Tally::default();
    for first in (0..rounds).step_by(usize::try_from(ROUNDS_OF_ONE).unwrap()) {
        let case = format!("seed {seed}, the registry of round {first}");
        let Tally { opened, acknowledged, kept, mended } =
            kill_and_look(ROUNDS_OF_ONE.min(rounds - first), &case, &mut dice);
        all.opened += opened;
        all.acknowledged += acknowledged;
        all.kept += kept;
        all.mended += mended;
    }
    let Tally { opened, acknowledged, kept, mended } = all;
    assert_ne!(acknowledged, 0, "every kill came before the first publication");
    writeln!(
        std::io::stdout(),
        "seed {seed}: {rounds} rounds, {opened} opened, {acknowledged} acknowledged, 0 lost, {kept} kept, {mended} mended"
    )
    .unwrap();
}
