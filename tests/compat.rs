//! What earlier versions wrote is read for ever.
//!
//! Each folder of `tests/compat/` is what one format's version left: a registry
//! with its journal, store, index, log and checkpoints; the same as a snapshot; a
//! receipt with the log's key; questions, and the answers of that time. Nothing
//! in it is ever made anew: a change that cannot read it breaks somebody's
//! registry. What a new format writes goes to a folder of its own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::process::said;
use common::{copy_folder, files_below};
use neglist::journal::Checkpoint;
use neglist::model::{Hash, Head};

#[test]
fn what_earlier_versions_wrote_is_read() {
    let versions = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")).unwrap();
    let versions: Vec<PathBuf> = versions.map(|it| it.unwrap().path()).collect();
    assert!(!versions.is_empty());
    for version in versions {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        copy_folder(&version.join("registry"), &whole);
        is_read(&version, &whole);
        // The journal alone is enough: the rest is a view of it.
        let journal = folder.path().join("journal");
        copy_folder(&version.join("registry"), &journal);
        fs::remove_dir_all(journal.join("store")).unwrap();
        fs::remove_file(journal.join("index")).unwrap();
        is_read(&version, &journal);
        // And so is the snapshot.
        let imported = folder.path().join("imported");
        let (code, output) =
            said(&["snapshot", "import", text(&version.join("snapshot.jsonl.zst")), "--registry", text(&imported)]);
        assert_eq!(code, 0, "{output}");
        is_read(&version, &imported);
        let key = fs::read_to_string(version.join("log.vkey")).unwrap();
        let (code, output) = said(&["verify", text(&version.join("receipt.json")), "--key", key.trim()]);
        assert_eq!(code, 0, "{output}");
    }
}

#[test]
fn what_a_later_version_wrote_is_refused_by_name_and_left_as_it_is() {
    // The next record is of a kind that this version does not know, and the
    // checkpoint covers it.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/v1/registry"), &root);
    let segment = root.join("journal/000000000000.jsonl");
    let journal = fs::read_to_string(&segment).unwrap();
    let last = journal.lines().last().unwrap();
    let later = last.replace(r#""kind":"revision""#, r#""kind":"amendment""#).replace(r#""index":10"#, r#""index":11"#);
    assert_ne!(later, last);
    fs::write(&segment, format!("{journal}{later}\n")).unwrap();
    let head = Head { origin: "example.org/small".to_owned(), size: 12, hash: Hash([7; 32]) };
    fs::write(root.join("checkpoint"), Checkpoint { head }.to_file()).unwrap();
    // All but the lock, which says who looked last.
    let files = || files_below(&root).into_iter().filter(|it| it.0 != Path::new("lock")).collect::<Vec<_>>();
    let before = files();
    let question = ["ask", "--from", "CN", "--to", "DE", "--category", "personal", "--at", "2024-06-01"];
    for command in [&["fsck"][..], &question, &["lists"], &["compact"]] {
        let (code, output) = said(&[command, &["--registry", text(&root)]].concat());
        assert_eq!(code, 3, "{command:?}: {output}");
        for said in ["record 11 is altered", "unknown variant `amendment`", "if a newer version of neglist wrote it"] {
            assert!(output.contains(said), "{command:?}: expected `{said}` in {output}");
        }
        assert!(files() == before, "{command:?}: something was written");
    }
}

/// Checks that a registry is whole, and answers as it did.
fn is_read(version: &Path, root: &Path) {
    let (code, output) = said(&["fsck", "--registry", text(root)]);
    assert_eq!(code, 0, "{output}");
    let questions = version.join("questions.ndjson");
    let (_, answers) = said(&["batch", text(&questions), "--paranoid", "--registry", text(root)]);
    assert_eq!(answers, fs::read_to_string(version.join("answers.ndjson")).unwrap(), "{}", root.display());
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
