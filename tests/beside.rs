//! Several processes at one folder: two publish, one serves, one reads, and
//! somebody copies the folder meanwhile.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods, reason = "tests")]

mod common;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::process::{Serving, said};
use common::{Dice, LIST, RECORDED, files_below, next_revision, small_registry};
use neglist::canon::Publication;
use neglist::client::Remote;
use neglist::journal::{OpenError as JournalError, RealDisk, read_folder};
use neglist::registry::{OpenError, PublishError, Publisher, Registry, audit};

/// Where a child publishes, and how; only a child has them.
const REGISTRY: &str = "NEGLIST_BESIDE_REGISTRY";
const IN_TURN: &str = "NEGLIST_BESIDE_IN_TURN";

/// So often each of two publishes.
const EACH: usize = 12;

/// A process that publishes, until it is dropped.
struct Publishing {
    child: Child,
    heard: Receiver<String>,
}

impl Publishing {
    fn start(root: &Path, test: &str, in_turn: bool) -> Publishing {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]).env(REGISTRY, root);
        if in_turn {
            command.env(IN_TURN, "1");
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, heard) = channel();
        let said = BufReader::new(child.stderr.take().unwrap());
        // Where nobody listens any more, what it says is read all the same.
        thread::spawn(move || said.lines().map_while(Result::ok).for_each(|it| drop(sender.send(it))));
        Publishing { child, heard }
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(text: &str) {
    let mut said = std::io::stderr();
    writeln!(said, "{text}").unwrap();
}

fn publish_one(publisher: &mut Publisher) {
    let revision = next_revision(publisher.chains(), LIST);
    let done = publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
    say(&format!("acknowledged {} {}", done.size - 1, done.hash));
}

/// Takes the registry, publishes, and lets go, again and again; or keeps it,
/// and publishes until it is killed.
fn publish(root: &Path) {
    if env::var_os(IN_TURN).is_none() {
        let mut publisher = Publisher::open(root).unwrap();
        loop {
            publish_one(&mut publisher);
        }
    }
    let mut published = 0;
    while published < EACH {
        match Publisher::open(root) {
            Ok(mut publisher) => {
                publish_one(&mut publisher);
                published += 1;
            }
            Err(PublishError::Held { holder, .. }) => say(&format!("held by {holder}")),
            Err(error) => panic!("{error}"),
        }
        // The other one gets a turn.
        thread::sleep(Duration::from_millis(3));
    }
}

/// Returns the place and the hash of a record that was acknowledged.
fn acknowledged(line: &str) -> Option<(u64, String)> {
    let (index, hash) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
    Some((index.parse().unwrap(), hash.to_owned()))
}

#[test]
fn two_who_publish_one_who_serves_and_one_who_reads_are_not_in_each_others_way() {
    if let Some(root) = env::var_os(REGISTRY) {
        return publish(Path::new(&root));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let made_with = small_registry(&root).chains().size();
    let serving = Serving::start(&["--registry", root.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"]);
    let test = "two_who_publish_one_who_serves_and_one_who_reads_are_not_in_each_others_way";
    // While one publishes, the others are told who.
    let publisher = Publisher::open(&root).unwrap();
    let mut publishing = [(); 2].map(|()| Publishing::start(&root, test, true));
    let held = format!("held by process {}", std::process::id());
    publishing.iter().for_each(|it| assert_eq!(it.heard.recv().unwrap(), held));
    drop(publisher);
    let mut read = made_with;
    while publishing.iter_mut().any(|it| it.child.try_wait().unwrap().is_none()) {
        // Whoever reads sees whole heads, one after the other.
        let size = Registry::open(&root).unwrap().state().head.size;
        assert!(read <= size, "read {read} records, and then {size}");
        read = size;
    }
    let mut all = Vec::new();
    for publishing in &mut publishing {
        assert!(publishing.child.wait().unwrap().success());
        for line in &publishing.heard {
            match acknowledged(&line) {
                Some(it) => all.push(it),
                // By the other one, or by a reader who mends the index.
                None => assert!(line.starts_with("held by "), "{line}"),
            }
        }
    }
    all.sort();
    let chains = read_folder(&RealDisk::new(&root)).unwrap();
    assert_eq!(all.len(), 2 * EACH);
    assert_eq!(chains.size(), made_with + 2 * EACH as u64);
    for (number, (index, hash)) in all.iter().enumerate() {
        assert_eq!(*index, made_with + number as u64, "each record is acknowledged once");
        assert_eq!(chains.hash_of(*index).map(|it| it.to_string()).as_ref(), Some(hash));
    }
    let head = format!("\"size\":{}", chains.size());
    let remote = Remote::new(&serving.address).unwrap();
    let mut health = String::new();
    for _ in 0..200 {
        health = String::from_utf8(remote.get("healthz").unwrap().body).unwrap();
        if health.contains(&head) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert!(health.contains(&head) && health.contains("\"healthy\":true"), "{health}");
}

/// In which order somebody copies the files of a registry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    /// As the page on operations says.
    CheckpointFirst,
    CheckpointLast,
    ByLot,
}

/// Copies a registry's files one after the other, with time in between; where
/// the checkpoint comes last, so late that it speaks of more than was copied.
fn copy(root: &Path, to: &Path, order: Order, heard: &Receiver<String>, dice: &mut Dice) {
    let mut names: Vec<PathBuf> = files_below(root).into_keys().collect();
    names.sort_by_cached_key(|name| match (order, name == Path::new("checkpoint")) {
        (Order::CheckpointFirst, true) => 0,
        (Order::CheckpointLast, true) => u64::MAX,
        (Order::CheckpointFirst | Order::CheckpointLast, false) => 1,
        (Order::ByLot, _) => dice.below(1000),
    });
    for name in names {
        if order == Order::CheckpointLast && name == Path::new("checkpoint") {
            let copied = files_below(&to.join("journal")).into_values().flatten().filter(|it| *it == b'\n').count();
            while acknowledged(&heard.recv().unwrap()).unwrap().0 < copied as u64 {}
        }
        let path = to.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // What is written aside may be gone again.
        if let Ok(bytes) = fs::read(root.join(&name)) {
            fs::write(path, bytes).unwrap();
        }
        thread::sleep(Duration::from_millis(dice.below(20)));
    }
}

#[test]
fn a_copy_that_is_taken_while_somebody_publishes_has_all_that_was_acknowledged_or_is_refused() {
    if let Some(root) = env::var_os(REGISTRY) {
        return publish(Path::new(&root));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(1);
    let (mut opened, mut refused) = (0, 0);
    for round in 0..12 {
        // A new one each time: what is verified anew grows.
        let root = folder.path().join(format!("registry-{round}"));
        drop(small_registry(&root));
        let test = "a_copy_that_is_taken_while_somebody_publishes_has_all_that_was_acknowledged_or_is_refused";
        let publishing = Publishing::start(&root, test, false);
        let mut before: Vec<_> = (0..2).filter_map(|_| acknowledged(&publishing.heard.recv().unwrap())).collect();
        before.extend(publishing.heard.try_iter().filter_map(|it| acknowledged(&it)));
        let order = [Order::CheckpointFirst, Order::CheckpointLast, Order::ByLot][round % 3];
        let restored = folder.path().join(format!("restored-{round}"));
        copy(&root, &restored, order, &publishing.heard, &mut dice);
        // A snapshot may be taken at any time.
        let (snapshot, imported) = (restored.join("snapshot"), folder.path().join(format!("imported-{round}")));
        let text = |it: &Path| it.to_str().unwrap().to_owned();
        let (code, output) = said(&["snapshot", "export", "--output", &text(&snapshot), "--registry", &text(&root)]);
        assert_eq!(code, 0, "{output}");
        drop(publishing);
        let (code, output) = said(&["snapshot", "import", &text(&snapshot), "--registry", &text(&imported)]);
        assert_eq!(code, 0, "{output}");

        let has_all = |root: &Path| {
            let publisher = Publisher::open(root).unwrap();
            for (index, hash) in &before {
                let found = publisher.chains().hash_of(*index).map(|it| it.to_string());
                assert_eq!(found.as_ref(), Some(hash), "round {round}, {order:?}");
            }
        };
        has_all(&imported);
        match audit(&restored) {
            Ok(_) => {
                has_all(&restored);
                let (code, output) = said(&["fsck", "--registry", &text(&restored)]);
                assert_eq!(code, 0, "{output}");
                assert_ne!(order, Order::CheckpointLast, "round {round}");
                opened += 1;
            }
            // The checkpoint was copied later than what it speaks of.
            Err(OpenError::Damaged { source: JournalError::Lost { found, covered }, .. }) => {
                assert!(found < covered && order != Order::CheckpointFirst, "round {round}, {order:?}");
                let (code, output) = said(&["fsck", "--registry", &text(&restored)]);
                let named = format!("record {found} is missing: {covered} records were acknowledged");
                assert!(code == 3 && output.contains(&named), "{output}");
                refused += 1;
            }
            Err(error) => panic!("round {round}, {order:?}: {error}"),
        }
    }
    assert!(4 <= opened && 4 <= refused, "{opened} opened, {refused} refused");
}
