//! A log, a witness, and somebody who watches: what is told to one is told to
//! all, or there is evidence.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::process::{Serving, said};
use common::{LIST, copy_folder, next_revision, small_registry};
use neglist::canon::Publication;
use neglist::registry::Publisher;

/// Runs the program, which has to exit with a code, and returns what it said.
fn exits(code: i32, arguments: &[&str]) -> String {
    let (found, text) = said(arguments);
    assert_eq!(found, code, "{arguments:?}: {text}");
    text
}

/// Publishes one more revision.
fn publish(root: &Path, recorded: &str) {
    let mut publisher = Publisher::open(root).unwrap();
    let revision = next_revision(publisher.chains(), LIST);
    publisher.publish(Publication::Revision(Box::new(revision)), recorded).unwrap();
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_witness_and_a_watcher_see_what_a_log_shows_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (registry, log_key, witness_key) = (at("registry"), at("log.key"), at("witness.key"));
    drop(small_registry(&registry));
    for key in [&log_key, &witness_key] {
        exits(0, &["key", "new", text(key)]);
    }
    let sign = |code: i32, registry: &Path, more: &[&str]| {
        let arguments = [&["--registry", text(registry), "log", "sign", "--key", text(&log_key)], more].concat();
        exits(code, &arguments)
    };
    sign(0, &registry, &["--first"]);
    let log = exits(0, &["--registry", text(&registry), "log", "key", text(&log_key)]);
    let witness_name = "witness.example/w1";
    let witness =
        exits(0, &["--registry", text(&registry), "log", "key", text(&witness_key), "--witness", witness_name]);
    let (log, witness) = (log.trim(), witness.trim());

    // The witness, for the first time, and what it will not be told twice.
    let serve =
        ["witness", "--key", text(&witness_key), "--name", witness_name, "--log", log, "--listen", "127.0.0.1:0"];
    let forgotten = exits(2, &serve);
    assert!(forgotten.contains("nothing says what this witness cosigned before"), "{forgotten}");
    let serving = Serving::start(&[serve.as_slice(), &["--first"]].concat());
    let cosign = |code: i32, registry: &Path, address: &str| {
        exits(code, &["--registry", text(registry), "log", "cosign", address, "--witness", witness])
    };
    let note = cosign(0, &registry, &serving.address);
    assert_eq!(note.matches("\n— ").count(), 2, "{note}");
    // Once more, as after a crash of the log: one line of each.
    assert_eq!(cosign(0, &registry, &serving.address).matches("\n— ").count(), 2);

    // Somebody watches; a copy goes another way from here on.
    let state = at("watched");
    let watch = |code: i32, registry: &Path| {
        exits(code, &["watch", text(registry), "--key", log, "--witness", witness, "--state", text(&state)])
    };
    let first = watch(0, &registry);
    assert!(first.contains("seen for the first time; cosigned by witness.example/w1"), "{first}");
    assert!(watch(0, &registry).contains("as before"));
    let copy = at("copy");
    copy_folder(&registry, &copy);
    let memory = fs::read(at("log.key.signed")).unwrap();

    // The log grows. A witness that was restarted goes on where it was.
    publish(&registry, "2026-03-01T00:00:00Z");
    publish(&registry, "2026-03-02T00:00:00Z");
    sign(0, &registry, &[]);
    serving.end();
    let serving = Serving::start(&serve);
    cosign(0, &registry, &serving.address);
    assert!(watch(0, &registry).contains("which continue the"), "it grew");
    assert!(watch(10, &copy).contains("out of date"), "it is the head of before");

    // Receipts carry the cosignature.
    let receipt = at("receipt.json");
    let ask = "ask --from CN --to DE --category personal --subjects 500 --at 2025-01-01 --receipt";
    let asked: Vec<_> =
        ["--registry", text(&registry)].into_iter().chain(ask.split(' ')).chain([text(&receipt)]).collect();
    said(&asked);
    let verified = exits(0, &["verify", text(&receipt), "--key", log, "--witness", witness]);
    assert!(verified.contains("witness.example/w1 saw this head"), "{verified}");

    // Whoever runs the log gives the copy another future, and makes the key
    // forget. The witness refuses, the watcher keeps the evidence.
    publish(&copy, "2026-04-01T00:00:00Z");
    publish(&copy, "2026-04-02T00:00:00Z");
    publish(&copy, "2026-04-03T00:00:00Z");
    fs::write(at("log.key.signed"), memory).unwrap();
    sign(0, &copy, &[]);
    let refused = cosign(3, &copy, &serving.address);
    assert!(refused.contains("does not continue what this witness cosigned"), "{refused}");
    let fork = watch(3, &copy);
    assert!(fork.starts_with("FORK  "), "{fork}");
    let evidence = fork.lines().find_map(|it| it.strip_prefix("evidence: ")).unwrap();
    let proven = exits(0, &["verify", evidence, "--key", log]);
    assert!(proven.contains("signed two heads"), "{proven}");
    // To the honest head the watcher goes on.
    assert!(watch(0, &registry).contains("as before"));

    // Evidence that was changed proves nothing, nor does another log's key.
    let changed = fs::read_to_string(evidence).unwrap().replacen("\"root\": \"", "\"root\": \"A", 1);
    fs::write(at("changed.json"), changed).unwrap();
    exits(3, &["verify", text(&at("changed.json")), "--key", log]);
    exits(3, &["verify", evidence, "--key", include_str!("../snapshots/bundled.vkey").trim()]);
}

#[test]
fn a_witness_answers_as_the_specification_says() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("witness.key");
    exits(0, &["key", "new", text(&key)]);
    let log = include_str!("../snapshots/bundled.vkey").trim();
    let serving = Serving::start(&[
        "witness",
        "--key",
        text(&key),
        "--name",
        "w.example",
        "--log",
        log,
        "--listen",
        "127.0.0.1:0",
        "--first",
    ]);
    let remote = neglist::client::Remote::new(&serving.address).unwrap();
    let post = |body: &str| {
        let reply = remote.post("add-checkpoint", "text/plain", body.as_bytes()).unwrap();
        (reply.status, String::from_utf8(reply.body).unwrap())
    };
    let bundled = include_str!("../snapshots/bundled.checkpoint");
    let unsigned = bundled.replacen("\n— neglist/bundled ", "\n— somebody.else ", 1);
    let (ok, line) = post(&format!("old 0\n\n{bundled}"));
    assert_eq!(ok, 200, "{line}");
    assert!(line.starts_with("— w.example ") && line.ends_with('\n'), "{line}");
    let size = bundled.lines().nth(1).unwrap();
    for (body, status) in [
        (format!("old 0\n\n{bundled}"), 409),
        (format!("old {size}\n\n{bundled}"), 200),
        (format!("old {size}\n\n{}", bundled.replacen("neglist/bundled\n", "other.example\n", 1)), 404),
        (format!("old {size}\n\n{unsigned}"), 403),
        (format!("old 99999\n\n{bundled}"), 400),
        ("old 0".to_owned(), 400),
        ("x".repeat(100_000), 413),
    ] {
        let (found, text) = post(&body);
        assert_eq!(found, status, "{body}: {text}");
        if status == 409 {
            assert_eq!(text, format!("{size}\n"));
        }
    }
    serving.end();
}
