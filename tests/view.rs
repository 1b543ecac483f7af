//! Store and index are views: whatever becomes of them, the answers are the
//! same, and what was mended is said.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod common;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{
    LIST, RECORDED, answers, chains_of, copy_folder, files_below, next_revision, records_of_another, small_records,
    small_registry,
};
use neglist::canon::Publication;
use neglist::registry::{Freshness, OpenError, PublishError, Publisher, Registry, audit};
use tempfile::TempDir;

/// A registry with its views up to date.
fn registry() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    drop(small_registry(&folder.path().join("registry")));
    folder
}

/// What everybody must get, whatever happened to the views: computed from the
/// records, without a file.
fn expected() -> Vec<String> {
    answers(&chains_of(&small_records().1).state().unwrap())
}

fn publish_one(root: &Path) {
    let mut publisher = Publisher::open(root).unwrap();
    let revision = next_revision(publisher.chains(), LIST);
    publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
}

/// Opens a registry whose index is gone, as a reader; then a writer looks; and
/// then an auditor finds nothing left to say.
fn check(case: &str, root: &Path, expected: &[String], mended: &[&str]) {
    assert_ne!(audit(root).unwrap().views, Vec::<String>::new(), "{case}: an audit sees it");
    let registry = Registry::open(root).unwrap();
    assert_eq!(answers(registry.state()), expected, "{case}");
    let mended = mended.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(registry.freshness(), &Freshness::Rebuilt(mended), "{case}");
    assert_eq!(audit(root).unwrap().views, Vec::<String>::new(), "{case}");
    let registry = Registry::open(root).unwrap();
    assert_eq!((answers(registry.state()).as_slice(), registry.freshness()), (expected, &Freshness::Index), "{case}");
}

/// Where the child holds a registry; only the child has it.
const HELD: &str = "NEGLIST_VIEW_HELD";

/// Opens the registry for writing, says so, and holds it until its input ends.
fn hold(root: &Path) {
    let publisher = Publisher::open(root).unwrap();
    std::io::stderr().write_all(b"held\n").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    drop(publisher);
}

#[test]
fn a_registry_that_another_process_holds_can_be_read_and_not_written() {
    if let Some(root) = env::var_os(HELD) {
        return hold(Path::new(&root));
    }
    let folder = registry();
    let root = folder.path().join("registry");
    let expected = expected();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_registry_that_another_process_holds_can_be_read_and_not_written", "--nocapture"])
        .env(HELD, &root)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "held\n");

    // Reading goes by the index, and where there is none by the journal.
    let registry = Registry::open(&root).unwrap();
    assert_eq!((answers(registry.state()), registry.freshness()), (expected.clone(), &Freshness::Index));
    fs::remove_file(root.join("index")).unwrap();
    let before = files_below(&root);
    for _ in 0..2 {
        let registry = Registry::open(&root).unwrap();
        assert_eq!((answers(registry.state()), registry.freshness()), (expected.clone(), &Freshness::Journal));
    }
    let views = audit(&root).unwrap().views;
    assert_eq!(views, ["there is no index file", "the store is held by another process, and was not looked at"]);
    // Writing says who it is.
    for _ in 0..2 {
        match Publisher::open(&root) {
            Err(PublishError::Held { root: named, holder }) => {
                assert_eq!((named, holder), (root.clone(), format!("process {}", child.id())));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(files_below(&root), before, "nothing was written beside the holder");

    // When it ends, the registry is free.
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    check("after the holder", &root, &expected, &[]);
    publish_one(&root);
}

#[test]
fn a_mistyped_path_stays_as_it_was() {
    let folder = registry();
    let root = folder.path().join("registry");
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("file"), "text").unwrap();
    fs::create_dir(folder.path().join("documents")).unwrap();
    fs::write(folder.path().join("documents/letter"), "text").unwrap();
    let before = files_below(folder.path());
    let names = || fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect::<Vec<_>>();
    let names_before = names();

    for name in ["regsitry", "regsitry/deeper", "empty", "documents", "registry/journal", "registry/store"] {
        let path = folder.path().join(name);
        assert!(matches!(Registry::open(&path), Err(OpenError::Missing(it)) if it == path), "{name}");
        assert!(matches!(audit(&path), Err(OpenError::Missing(it)) if it == path), "{name}");
        let error = Publisher::open(&path).unwrap_err();
        assert!(matches!(error, PublishError::Open(OpenError::Missing(it)) if it == path), "{name}");
        assert!(!path.join("lock").exists());
    }
    for name in ["file", "registry/checkpoint"] {
        let path = folder.path().join(name);
        assert!(matches!(Registry::open(&path), Err(OpenError::File(it)) if it == path), "{name}");
        assert!(matches!(audit(&path), Err(OpenError::File(it)) if it == path), "{name}");
        let error = Publisher::open(&path).unwrap_err();
        assert!(matches!(error, PublishError::Open(OpenError::File(it)) if it == path), "{name}");
    }
    // Nor is a registry made where something is.
    let (head, records) = small_records();
    for name in ["empty", "file", "documents", "registry"] {
        let error = Publisher::create(&folder.path().join(name), &records, &head.origin).unwrap_err();
        assert!(matches!(error, PublishError::Io(_)), "{name}: {error}");
    }
    assert_eq!(files_below(folder.path()), before);
    assert_eq!(names(), names_before);
    assert_eq!(answers(Registry::open(&root).unwrap().state()), expected());
}

#[test]
fn a_registry_without_its_checkpoint_is_damaged_and_not_missing() {
    let folder = registry();
    let root = folder.path().join("registry");
    fs::remove_file(root.join("checkpoint")).unwrap();
    fs::remove_file(root.join("lock")).unwrap();
    let before = files_below(&root);
    assert!(matches!(Registry::open(&root), Err(OpenError::Damaged { .. })));
    assert!(matches!(audit(&root), Err(OpenError::Damaged { .. })));
    assert!(matches!(Publisher::open(&root), Err(PublishError::Open(OpenError::Damaged { .. }))));
    assert_eq!(files_below(&root), before);
}

#[test]
fn a_damaged_journal_is_refused_where_it_is_read() {
    // Readers look at the checkpoint and the index; an audit, a writer and a
    // reader without an index look at the journal.
    let folder = registry();
    let root = folder.path().join("registry");
    let segment = root.join("journal/000000000000.jsonl");
    let mut bytes = fs::read(&segment).unwrap();
    let half = bytes.len() / 2;
    bytes[half] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let before = files_below(&root);
    assert_eq!(answers(Registry::open(&root).unwrap().state()), expected());
    assert!(matches!(audit(&root), Err(OpenError::Damaged { .. })));
    assert!(matches!(Publisher::open(&root), Err(PublishError::Open(OpenError::Damaged { .. }))));
    assert_eq!(files_below(&root), before);
    fs::remove_file(root.join("index")).unwrap();
    assert!(matches!(Registry::open(&root), Err(OpenError::Damaged { .. })));
}

#[test]
fn a_registry_that_cannot_be_written_is_read_from_its_journal() {
    // A reader whose index was stale was told that the registry is damaged,
    // where the disk was full or the folder not its own.
    let folder = registry();
    let root = folder.path().join("registry");
    fs::remove_file(root.join("index")).unwrap();
    // The file that the checkpoint is written to before it is renamed.
    fs::create_dir(root.join("checkpoint.new")).unwrap();
    let before = files_below(&root);
    let registry = Registry::open(&root).unwrap();
    assert_eq!(answers(registry.state()), expected());
    assert!(matches!(registry.freshness(), Freshness::ReadOnly(_)), "{:?}", registry.freshness());
    assert!(matches!(Publisher::open(&root), Err(PublishError::Io(_))));
    assert!(files_below(&root) == before, "something was written");
    assert_eq!(audit(&root).unwrap().views, ["there is no index file"]);
    fs::remove_dir(root.join("checkpoint.new")).unwrap();
    check("when it can be written", &root, &expected(), &[]);
}

#[test]
fn an_index_of_the_older_block_is_not_taken_without_a_look_at_the_journal() {
    // The index belonged to the head that the good block says, and a record
    // more was acknowledged by the block that went bad.
    let folder = registry();
    let root = folder.path().join("registry");
    let index = fs::read(root.join("index")).unwrap();
    let before = Registry::open(&root).unwrap().state().head.clone();
    publish_one(&root);
    let head = Registry::open(&root).unwrap().state().head.clone();
    assert_eq!(head.size, before.size + 1);
    fs::write(root.join("index"), index).unwrap();
    let mut checkpoint = fs::read(root.join("checkpoint")).unwrap();
    let newest = if head.size.is_multiple_of(2) { 0 } else { 4096 };
    checkpoint[newest + 7] ^= 1;
    fs::write(root.join("checkpoint"), checkpoint).unwrap();

    let audited = audit(&root).unwrap();
    assert_eq!((audited.is_half_covered, &audited.head), (true, &head));
    let registry = Registry::open(&root).unwrap();
    assert_eq!(registry.state().head, head);
    let said = "wrote the checkpoint anew, half of which could not be read";
    let kept = format!("kept record {}, whose writer stopped before it was acknowledged", before.size);
    let Freshness::Rebuilt(mended) = registry.freshness() else { panic!("{:?}", registry.freshness()) };
    assert!(mended == &[said] || mended == &[kept], "{mended:?}");
    assert!(!audit(&root).unwrap().is_half_covered);
    assert_eq!(Registry::open(&root).unwrap().freshness(), &Freshness::Index);
}

#[test]
fn a_registry_is_read_from_its_index() {
    let folder = registry();
    let root = folder.path().join("registry");
    let before = files_below(&root);
    let registry = Registry::open(&root).unwrap();
    assert_eq!((answers(registry.state()), registry.freshness()), (expected(), &Freshness::Index));
    assert_eq!(files_below(&root), before, "reading changes no file");
    assert_eq!(audit(&root).unwrap().views, Vec::<String>::new());
}

#[test]
fn whatever_becomes_of_the_index_the_answers_are_the_same() {
    let folder = registry();
    let root = folder.path().join("registry");
    let index = root.join("index");
    let healthy = fs::read(&index).unwrap();
    let expected = expected();
    let other = {
        let root = folder.path().join("other");
        let (head, records) = records_of_another("example.org/other");
        drop(Publisher::create(&root, &records, &head.origin).unwrap());
        fs::read(root.join("index")).unwrap()
    };
    let of_another_head = {
        let root = folder.path().join("ahead");
        drop(small_registry(&root));
        publish_one(&root);
        fs::read(root.join("index")).unwrap()
    };
    let garbled = |position: usize| {
        let mut bytes = healthy.clone();
        bytes[position] ^= 0x10;
        bytes
    };
    let mut cases = vec![
        ("index of another registry".to_owned(), other),
        ("index of a later head".to_owned(), of_another_head),
        ("index of an older version".to_owned(), [b"neglist index 0\n", healthy.get(16..).unwrap()].concat()),
        ("index of a newer version".to_owned(), [b"neglist index 9\n", healthy.get(16..).unwrap()].concat()),
        ("something behind the index".to_owned(), [healthy.as_slice(), b"\0"].concat()),
        ("garbage".to_owned(), vec![0xA5; 5000]),
    ];
    // Its first line, its checksum, what it holds.
    let positions = [0, 15, 16, 40, 47, 48, 60, healthy.len() / 2, healthy.len() - 1];
    cases.extend(positions.map(|it| (format!("byte {it} flipped"), garbled(it))));
    let lengths = [0, 1, 16, 47, 48, healthy.len() / 2, healthy.len() - 1];
    cases.extend(lengths.map(|it| (format!("cut to {it} bytes"), healthy.get(..it).unwrap().to_vec())));
    for (case, bytes) in cases {
        assert_ne!(bytes, healthy);
        fs::write(&index, bytes).unwrap();
        check(&case, &root, &expected, &[]);
        assert_eq!(fs::read(&index).unwrap(), healthy, "{case}");
    }
    fs::remove_file(&index).unwrap();
    check("index deleted", &root, &expected, &[]);
}

const UNREADABLE: &str = "rebuilt the store, which could not be read";
const ANOTHER: &str = "rebuilt the store, which viewed another journal";
const EMPTY: &str = "rebuilt the store, which was empty or of another version";

#[test]
fn whatever_becomes_of_the_store_the_answers_are_the_same() {
    let folder = registry();
    let root = folder.path().join("registry");
    let (index, store) = (root.join("index"), root.join("store"));
    let healthy = folder.path().join("healthy");
    copy_folder(&store, &healthy);
    let other = folder.path().join("other");
    let (head, records) = records_of_another("example.org/other");
    drop(Publisher::create(&other, &records, &head.origin).unwrap());
    let ahead = folder.path().join("ahead");
    drop(small_registry(&ahead));
    publish_one(&ahead);
    let expected = expected();

    let run = |case: &str, mended: &[&str], mangle: &dyn Fn()| {
        fs::remove_dir_all(&store).unwrap();
        copy_folder(&healthy, &store);
        fs::remove_file(&index).unwrap();
        mangle();
        check(case, &root, &expected, mended);
    };
    run("index and store deleted", &[], &|| fs::remove_dir_all(&store).unwrap());
    run("store of another journal", &[ANOTHER], &|| {
        fs::remove_dir_all(&store).unwrap();
        copy_folder(&other.join("store"), &store);
    });
    run("store ahead of the journal", &[ANOTHER], &|| {
        fs::remove_dir_all(&store).unwrap();
        copy_folder(&ahead.join("store"), &store);
    });
    run("store is a file", &[UNREADABLE], &|| {
        fs::remove_dir_all(&store).unwrap();
        fs::write(&store, "no folder").unwrap();
    });
    run("store empty", &[EMPTY], &|| {
        fs::remove_dir_all(&store).unwrap();
        fs::create_dir(&store).unwrap();
    });
    for (case, step) in [("store of an older version", -1), ("store of a newer version", 1)] {
        run(case, &[EMPTY], &|| {
            // The number of the layout comes first, and takes one byte.
            let meta = sled::open(&store).unwrap().open_tree("meta").unwrap();
            let mut position = meta.get("position").unwrap().unwrap().to_vec();
            position[0] = position[0].checked_add_signed(step).unwrap();
            meta.insert("position", position).unwrap();
            meta.flush().unwrap();
        });
    }
    let garble = |name: &str| fs::write(store.join(name), vec![0xA5; 5000]).unwrap();
    run("garbage for its configuration", &[UNREADABLE], &|| garble("conf"));
    // sled takes what it cannot read for a torn end, and cuts it off.
    run("garbage for its contents", &[EMPTY], &|| garble("db"));
    run("garbage for everything", &[UNREADABLE], &|| {
        files_below(&store).keys().for_each(|it| garble(it.to_str().unwrap()));
    });
}

#[test]
fn no_byte_of_the_store_changes_an_answer() {
    let folder = registry();
    let root = folder.path().join("registry");
    let (index, store) = (root.join("index"), root.join("store"));
    // Opened once more, sled has written all the files that it ever has.
    drop(Publisher::open(&root).unwrap());
    let healthy = files_below(&store);
    let expected = expected();
    let mut rebuilt = 0;
    for (name, bytes) in &healthy {
        let written = bytes.iter().rposition(|it| *it != 0).unwrap();
        for position in (0..=written).step_by(written / 40 + 1) {
            fs::remove_dir_all(&store).unwrap();
            fs::create_dir(&store).unwrap();
            healthy.iter().for_each(|(name, bytes)| fs::write(store.join(name), bytes).unwrap());
            let mut bytes = bytes.clone();
            bytes[position] ^= 0x5A;
            fs::write(store.join(name), bytes).unwrap();
            fs::remove_file(&index).unwrap();
            let case = format!("byte {position} of {}", name.display());
            let registry = Registry::open(&root).unwrap();
            assert_eq!(answers(registry.state()), expected, "{case}");
            let Freshness::Rebuilt(said) = registry.freshness() else { panic!("{case}: {:?}", registry.freshness()) };
            rebuilt += said.len();
            // What sled does not read it does not miss; an audit reads all.
            let audited = audit(&root).unwrap();
            assert_eq!(audited.head, registry.state().head, "{case}");
        }
    }
    assert_ne!(rebuilt, 0, "no byte counted");
}

#[test]
fn a_store_that_stayed_behind_catches_up() {
    let folder = registry();
    let root = folder.path().join("registry");
    let (index, store) = (root.join("index"), root.join("store"));
    let behind = folder.path().join("behind");
    copy_folder(&store, &behind);
    publish_one(&root);
    publish_one(&root);
    let expected = answers(Registry::open(&root).unwrap().state());
    fs::remove_dir_all(&store).unwrap();
    copy_folder(&behind, &store);
    fs::remove_file(&index).unwrap();
    assert!(audit(&root).unwrap().views.contains(&"the store is behind the journal".to_owned()));
    // That is nothing to mend, and nothing to say.
    check("store behind", &root, &expected, &[]);
}

fn size_below(root: &Path) -> u64 {
    files_below(root).values().map(|it| it.len() as u64).sum()
}

#[test]
fn a_compacted_store_says_the_same() {
    let folder = registry();
    let root = folder.path().join("registry");
    for _ in 0..40 {
        publish_one(&root);
    }
    let expected = answers(Registry::open(&root).unwrap().state());
    let journal = files_below(&root.join("journal"));
    let before = size_below(&root.join("store"));
    let compacted = Publisher::open(&root).unwrap().compact().unwrap();
    // sled grows by some bytes whenever it is opened, also to be read back.
    let near = |one: u64, other: u64| one.abs_diff(other) < 4096;
    assert!(near(compacted.before, before), "{compacted:?}");
    assert!(near(compacted.after, size_below(&root.join("store"))), "{compacted:?}");
    assert_eq!(compacted.head, Registry::open(&root).unwrap().state().head);
    assert_eq!(audit(&root).unwrap().views, Vec::<String>::new());
    fs::remove_file(root.join("index")).unwrap();
    assert_eq!(answers(Registry::open(&root).unwrap().state()), expected);
    // It goes on, and nothing lies about.
    let mut publisher = Publisher::open(&root).unwrap();
    assert_eq!(publisher.mended(), Vec::<String>::new());
    publisher.compact().unwrap();
    let revision = next_revision(publisher.chains(), LIST);
    publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
    drop(publisher);
    assert_eq!(audit(&root).unwrap().views, Vec::<String>::new());
    let mut names: Vec<_> = fs::read_dir(&root).unwrap().map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["checkpoint", "index", "journal", "lock", "store"]);
    for (name, bytes) in journal {
        assert!(fs::read(root.join("journal").join(&name)).unwrap().starts_with(&bytes), "the journal only grows");
    }
}

#[test]
fn a_compacting_that_is_stopped_leaves_the_old_store_or_none() {
    let folder = registry();
    let root = folder.path().join("registry");
    let (store, new, old) = (root.join("store"), root.join("store.new"), root.join("store.old"));
    let healthy = folder.path().join("healthy");
    copy_folder(&store, &healthy);
    let expected = expected();
    let stopped = |case: &str, mangle: &dyn Fn()| {
        drop(fs::remove_dir_all(&store));
        copy_folder(&healthy, &store);
        fs::remove_file(root.join("index")).unwrap();
        mangle();
        check(case, &root, &expected, &[]);
        assert!(!new.exists() && !old.exists(), "{case}: something was left");
    };
    stopped("half of the new one written", &|| {
        copy_folder(&healthy, &new);
        fs::write(new.join("db"), "half").unwrap();
    });
    stopped("the old one set aside", &|| {
        copy_folder(&healthy, &new);
        fs::rename(&store, &old).unwrap();
    });
    stopped("the new one in place", &|| copy_folder(&healthy, &old));
}

#[test]
fn a_store_of_another_history_is_not_added_to() {
    // It is brought up by what it lacks: what it has must be of this journal.
    let folder = registry();
    let root = folder.path().join("registry");
    let other = folder.path().join("other");
    let (head, records) = records_of_another("example.org/other");
    drop(Publisher::create(&other, &records, &head.origin).unwrap());
    publish_one(&other);
    publish_one(&root);
    let expected = answers(Registry::open(&root).unwrap().state());
    fs::remove_dir_all(root.join("store")).unwrap();
    copy_folder(&other.join("store"), &root.join("store"));
    fs::remove_file(root.join("index")).unwrap();
    check("store of another history", &root, &expected, &[ANOTHER]);
}
