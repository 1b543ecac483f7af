//! Mirrors, and commands that name a registry by its address: the same answers
//! as at the original, and nothing taken that does not continue what was there.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use common::process::{Serving, neglist, said};
use common::{LIST, copy_folder, next_revision, small_registry};
use neglist::canon::Publication;
use neglist::journal::{Original, RealDisk, keep_checkpoint, read_checkpoint, snapshot};
use neglist::model::Head;
use neglist::registry::Publisher;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn serve(root: &Path, more: &[&str]) -> Serving {
    Serving::start(&[&["--registry", text(root), "serve", "--listen", "127.0.0.1:0"], more].concat())
}

fn publish(root: &Path, many: u64) -> Head {
    publish_at(root, many, "2027-01-01T00:00:00Z")
}

fn publish_at(root: &Path, many: u64, recorded: &str) -> Head {
    let mut publisher = Publisher::open(root).unwrap();
    for _ in 0..many {
        let revision = next_revision(publisher.chains(), LIST);
        publisher.publish(Publication::Revision(Box::new(revision)), recorded).unwrap();
    }
    publisher.chains().position().unwrap()
}

fn head_of(root: &Path) -> Option<Head> {
    read_checkpoint(&RealDisk::new(root)).ok().map(|it| it.checkpoint.head)
}

/// Waits until a registry is at a head; how long that takes is not the point.
fn wait_for(root: &Path, head: &Head) {
    while head_of(root).as_ref() != Some(head) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every reading command, against the folder of a registry and against its
/// address.
#[test]
fn every_reading_command_says_the_same_from_afar() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(Publisher::create(&root, &unpacked.records, &unpacked.head.origin).unwrap());
    keep_checkpoint(&root, include_str!("../snapshots/bundled.checkpoint")).unwrap();
    let serving = serve(&root, &[]);
    let home = folder.path().join("home");
    let receipt = folder.path().join("r.json");
    let ask = "ask --from CN-TJ-FTZ --to SG --category commercial --at 2024-06-01 --fact sector=retail --ordinary";
    let flows = "--flows tests/cli/flows.csv";
    let mut commands: Vec<String> = [
        "lists --at 2025-01-01",
        "lists CN-TJ-FTZ --at 2025-01-01",
        "show CN/cross-border-transfer 5.0.0",
        "history CN/cross-border-transfer --at 2025-01-01",
        "history CN/cross-border-transfer --entry below-100000-free",
        "diff CN/cross-border-transfer 4.0.2 5.0.0 --verdicts",
        "diff CN EEA --at 2025-01-01",
        "scorecard --at 2025-01-01",
        "coverage --at 2025-01-01",
        "catalog tree personal",
        "catalog facts",
        "catalog places",
        "catalog search genome",
        "catalog show EEA",
        "batch tests/cli/questions.ndjson",
        "batch tests/cli/questions.csv",
        "exam tests/cli/exam.jsonl",
        "lint tests/cli/draft.toml",
        "draft CN/cross-border-transfer",
        "log show",
        "fsck",
    ]
    .map(str::to_owned)
    .into();
    commands.push(ask.to_owned());
    commands.push(format!("{ask} --paranoid --lang zh"));
    commands.push(format!("{ask} --receipt {}", text(&receipt)));
    commands.push(format!("impact --from-date 2025-01-02 --to-date 2026-01-01 {flows}"));
    // The lock is written from the one and looked at from both.
    let lock = folder.path().join("neglist.lock");
    let pin = format!("check {flows} --at 2024-12-01 --lock {}", text(&lock));
    commands.push(format!("{pin} --write"));
    commands.push(pin.replace("2024-12-01", "2025-12-31"));
    commands.push(format!("replay {}", text(&receipt)));
    for command in commands {
        let run = |registry: &str| {
            let words: Vec<_> = ["--registry", registry].into_iter().chain(command.split(' ')).collect();
            let output = neglist(&words).env("XDG_DATA_HOME", &home).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap(), err)
        };
        let (here, from_afar) = (run(text(&root)), run(&serving.address));
        assert_eq!(here, from_afar, "{command}");
        assert!(here.0 != Some(2) || command.contains("batch") || command.contains("lint"), "{command}: {}", here.2);
    }
    // What cannot be reached is answered for from the copy, and that is said.
    let address = serving.address.clone();
    serving.end();
    let words: Vec<_> = ["--registry", &address].into_iter().chain(ask.split(' ')).collect();
    let output = neglist(&words).env("XDG_DATA_HOME", &home).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("answering from the copy of http://127.0.0.1"), "{err}");
    assert!(!output.stdout.is_empty());
    // What is done where the registry lies is not done from afar.
    let (code, why) = said(&["--registry", &address, "log", "sign", "--key", "none"]);
    assert_eq!(code, 2, "{why}");
    assert!(why.contains("and not from afar"), "{why}");
}

/// A process that follows, with news looked for every second.
struct Following(Child);

impl Following {
    fn start(address: &str, root: &Path, key: &str) -> Following {
        let arguments = ["mirror", address, text(root), "--key", key, "--follow", "--every", "1"];
        Following(neglist(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn two_mirrors_follow_through_a_kill_and_a_bad_disk_and_refuse_a_fork() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (root, key_file) = (at("registry"), at("log.key"));
    drop(small_registry(&root));
    assert_eq!(said(&["key", "new", text(&key_file)]).0, 0);
    let sign = |root: &Path, more: &[&str]| {
        let arguments = [&["--registry", text(root), "log", "sign", "--key", text(&key_file)], more].concat();
        let (code, what) = said(&arguments);
        assert_eq!(code, 0, "{what}");
    };
    sign(&root, &["--first"]);
    let key = said(&["--registry", text(&root), "log", "key", text(&key_file)]).1;
    let key = key.trim();
    let (before, memory) = (at("before"), fs::read(at("log.key.signed")).unwrap());
    copy_folder(&root, &before);
    let serving = serve(&root, &["--log-key", text(&key_file)]);
    let (one, two) = (at("one"), at("two"));
    let mut first = Following::start(&serving.address, &one, key);
    let _second = Following::start(&serving.address, &two, key);
    let mut head = publish(&root, 25);
    wait_for(&one, &head);
    wait_for(&two, &head);

    // One is killed, misses some, and starts again.
    drop(first);
    publish(&root, 25);
    first = Following::start(&serving.address, &one, key);
    // The disk of the other goes bad: a byte in the middle of its journal.
    let segment = fs::read_dir(two.join("journal")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).unwrap();
    publish(&root, 25);
    head = publish(&root, 25);
    wait_for(&one, &head);
    wait_for(&two, &head);
    let whole = |root: &Path| said(&["--registry", text(root), "fsck"]);
    for root in [&root, &one, &two] {
        let (code, what) = whole(root);
        assert_eq!(code, 0, "{what}");
        assert_eq!(head_of(root), Some(head.clone()));
    }
    assert!(at("two.damaged-1").exists());
    // A mirror is served, and says how old it is.
    let mirrored = serve(&one, &[]);
    let remote = neglist::client::Remote::new(&mirrored.address).unwrap();
    let health = || String::from_utf8(remote.get("healthz").unwrap().body).unwrap();
    assert!(health().contains("\"seconds_since_verified\":"), "{}", health());
    assert!(health().contains("\"healthy\":true"), "{}", health());
    drop((first, serving));
    // Where the clock went back since, that is long ago, and not just now.
    let original = Original::read(&one).unwrap();
    Original::new(&original.address, 1 << 40).write(&one).unwrap();
    assert!(!health().contains("\"seconds_since_verified\":0"), "{}", health());
    original.write(&one).unwrap();

    // The log's owner gives an older copy another future, and signs that.
    publish_at(&before, 120, "2027-02-02T00:00:00Z");
    fs::write(at("log.key.signed"), memory).unwrap();
    sign(&before, &[]);
    let forked = serve(&before, &[]);
    let (code, what) = said(&["mirror", &forked.address, text(&one), "--key", key]);
    assert_eq!(code, 3, "{what}");
    assert!(what.contains("does not continue what it signed before"), "{what}");
    let evidence = what.split('`').nth(1).unwrap();
    let (code, proven) = said(&["verify", evidence, "--key", key]);
    assert_eq!(code, 0, "{proven}");
    assert!(proven.starts_with("FORK"), "{proven}");
    assert_eq!(head_of(&one), Some(head.clone()));
    // Without the key there is no evidence, and it is refused all the same.
    let (code, what) = said(&["mirror", &forked.address, text(&two)]);
    assert_eq!(code, 3, "{what}");
    assert_eq!(head_of(&two), Some(head));
}

#[test]
fn another_registry_is_no_original() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    drop(small_registry(&at("registry")));
    let (head, records) = common::records_of_another("registry.example/other");
    drop(Publisher::create(&at("other"), &records, &head.origin).unwrap());
    let (one, other) = (serve(&at("registry"), &[]), serve(&at("other"), &[]));
    let mirror = |address: &str| said(&["mirror", address, text(&at("mirror"))]);
    assert_eq!(mirror(&one.address).0, 0);
    let (code, what) = mirror(&other.address);
    assert_eq!(code, 2, "{what}");
    assert!(what.contains("and this is a mirror of"), "{what}");
    let (code, what) = said(&["mirror", "http://127.0.0.1:9", text(&at("nobody"))]);
    assert_eq!(code, 1, "{what}");
    assert!(!at("nobody").exists());
}

/// A head that was signed a moment after its last record was missed until the
/// next record came, so that receipts were made of an older one.
#[test]
fn a_head_that_is_signed_later_is_taken_up_without_another_record() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (root, mirror, key_file) = (at("registry"), at("mirror"), at("log.key"));
    drop(small_registry(&root));
    assert_eq!(said(&["key", "new", text(&key_file)]).0, 0);
    let sign = |more: &[&str]| {
        let arguments = [&["--registry", text(&root), "log", "sign", "--key", text(&key_file)], more].concat();
        assert_eq!(said(&arguments).0, 0);
    };
    let serving = serve(&root, &[]);
    let follow = || assert_eq!(said(&["mirror", &serving.address, text(&mirror)]).0, 0);
    let signed = |root: &Path| neglist::journal::signed_checkpoint(root).unwrap();
    follow();
    assert_eq!(signed(&mirror), None);
    sign(&["--first"]);
    // The server sees what lies in its folder a moment later.
    let follow_until_signed = || {
        for _ in 0..100 {
            follow();
            if signed(&mirror) == signed(&root) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the mirror keeps {:?}, and {:?} is signed", signed(&mirror), signed(&root));
    };
    follow_until_signed();
    let (first, head) = (signed(&mirror), publish(&root, 1));
    while head_of(&mirror).as_ref() != Some(&head) {
        follow();
    }
    assert_eq!(signed(&mirror), first);
    sign(&[]);
    follow_until_signed();
}

/// Plain files, as any host serves them: followed like a server, and written
/// again after each publication.
#[test]
fn a_static_export_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (root, site, mirror) = (at("registry"), at("site"), at("mirror"));
    drop(small_registry(&root));
    assert_eq!(said(&["key", "new", text(&at("log.key"))]).0, 0);
    let key_file = at("log.key");
    let sign = |more: &[&str]| {
        let arguments = [&["--registry", text(&root), "log", "sign", "--key", text(&key_file)], more].concat();
        assert_eq!(said(&arguments).0, 0);
    };
    let key = said(&["--registry", text(&root), "log", "key", text(&key_file)]).1;
    let key = key.trim();
    let export = || {
        let (code, what) = said(&["--registry", text(&root), "export", "static", text(&site)]);
        assert_eq!(code, 0, "{what}");
    };
    let follow = || {
        let (code, what) = said(&["mirror", text(&site), text(&mirror), "--key", key]);
        assert_eq!(code, 0, "{what}");
    };
    sign(&["--first"]);
    export();
    follow();
    let first = head_of(&mirror);
    assert_eq!(first, head_of(&root));
    let tile = common::files_below(&site);
    // Beyond a full tile, and its bundle.
    let head = publish(&root, 300);
    sign(&[]);
    export();
    follow();
    assert_eq!(head_of(&mirror), Some(head));
    // What was served before is served still, but for what says how far it is.
    let now = common::files_below(&site);
    let changed: Vec<_> = tile.iter().filter(|(path, bytes)| now.get(*path) != Some(*bytes)).map(|it| it.0).collect();
    let says_how_far = [
        "lists.json",
        "lists/CN/cross-border-transfer.json",
        "lists/CN/cross-border-transfer.atom",
        "lists/CN/cross-border-transfer.zh.atom",
        "feed.atom",
        "feed.zh.atom",
        "log/checkpoint",
        "log/head",
    ];
    let others = changed.iter().filter(|it| !says_how_far.iter().any(|far| it.ends_with(far)));
    assert_eq!(others.count(), 1, "{changed:?}");
    let feed = fs::read_to_string(site.join("lists").join(format!("{LIST}.atom"))).unwrap();
    assert!(feed.contains(&format!("<link rel=\"self\" href=\"/lists/{LIST}.atom\"/>")), "{feed}");
    let (code, what) = said(&["--registry", text(&mirror), "fsck"]);
    assert_eq!(code, 0, "{what}");
}
