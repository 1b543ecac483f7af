//! No room, and nothing that may be written: a full disk at every level, a file
//! system that is mounted read-only, a folder of somebody else. The program says
//! what failed, reading goes on, and what was acknowledged is there.
//!
//! As `tests/power.rs`, these need root, and `NEGLIST_POWER` for a folder.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
#[path = "common/device.rs"]
mod device;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::process::said;
use common::{LIST, RECORDED, copy_folder, next_revision, small_registry};
use device::{FileSystem, Mounted, say, scratch};
use neglist::canon::Publication;
use neglist::journal::AppendError;
use neglist::registry::{PublishError, Publisher, Registry, audit};

/// A registry with one list in two versions, and drafts of those that follow.
struct Office {
    folder: tempfile::TempDir,
}

/// How many records it has.
const MADE_WITH: u64 = 7;

const NO_ROOM: &str = "No space left on device";

impl Office {
    fn open(scratch: &str) -> Office {
        let office = Office { folder: tempfile::tempdir_in(scratch).unwrap() };
        let at = |name: &str| office.path(name).to_str().unwrap().to_owned();
        let run = |words: &[&str]| {
            let (code, text) = said(words);
            assert_eq!(code, 0, "{words:?}: {text}");
            text
        };
        run(&["key", "new", &at("root.key")]);
        run(&["key", "new", &at("ministry.key")]);
        let registry = at("registry");
        run(&["init", "--registry", &registry, "--origin", "ministry.example/lists", "--key", &at("root.key")]);
        let public = run(&["key", "show", &at("ministry.key")]);
        let admit = ["authority", "admit", "ministry", "--name", "Ministry", "--lists", "AF/*", "--public-key"];
        run(&[&admit[..], &[public.trim(), "--key", &at("root.key"), "--registry", &registry]].concat());
        for patch in 0..6 {
            fs::write(office.draft(patch), DRAFT.replace("PATCH", &patch.to_string())).unwrap();
        }
        for patch in 0..2 {
            let (code, text) = said(&office.publish(patch, &office.path("registry")));
            assert_eq!(code, 0, "{text}");
        }
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn draft(&self, patch: u64) -> PathBuf {
        self.path(&format!("1.0.{patch}.toml"))
    }

    /// Returns the words that publish a patch.
    fn publish(&self, patch: u64, root: &Path) -> [&'static str; 6] {
        let owned = |it: &Path| -> &'static str { it.to_str().unwrap().to_owned().leak() };
        ["publish", owned(&self.draft(patch)), "--key", owned(&self.path("ministry.key")), "--registry", owned(root)]
    }
}

const DRAFT: &str = r#"
list = "AF/data-export"
version = "1.0.PATCH"
title = { en = "Data export rules", zh = "数据出境规则" }
authority = "Ministry of Data"
published = 2026-11-23
effective = 2026-12-23
catalog = "^1.0"
status = "official"
scope = ["personal"]
summary = { en = "Patch PATCH.", zh = "PATCH" }

[source]
title = "Data Export Act"
citation = "Act 1 of 2026"
url = "https://ministry.example/act-1-2026"
checked = 2026-11-23
confidence = "high"

[[entry]]
id = "health"
category = ["personal.health"]
effect = "prohibited"
objective = "privacy"
cite = "Act 1 of 2026, s. 3"
note = { en = "As of patch PATCH.", zh = "PATCH" }
"#;

/// Checks that somebody who asks is answered from what is there, and that an
/// auditor finds as many records as were acknowledged, or one more.
fn is_read(root: &Path, acknowledged: u64, case: &str) -> u64 {
    let registry = root.to_str().unwrap();
    let question = ["ask", "--from", "AF", "--to", "DE", "--category", "personal.health", "--at", "2027-01-01"];
    let (code, text) = said(&[&question[..], &["--registry", registry]].concat());
    assert_eq!(code, 11, "{case}: {text}");
    let (code, text) = said(&["fsck", "--registry", registry]);
    assert_eq!(code, 0, "{case}: {text}");
    let (_, text) = text.split_once("ministry.example/lists: ").unwrap();
    let size: u64 = text.split_once(" records verified").unwrap().0.parse().unwrap();
    assert!((acknowledged..=acknowledged + 1).contains(&size), "{case}: {size} of {acknowledged}");
    size
}

/// Fills a disk but for so many bytes, and returns the file that does.
fn fill(at: &Path, free: u64) -> PathBuf {
    let filler = at.join("filler");
    let mut file = File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    // What the file system had not yet counted may turn out not to fit.
    drop(file.sync_all());
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free)).unwrap();
    drop(file.sync_all());
    filler
}

/// Publishes, each time with a process of its own, until there is no room, and
/// once more when there is. Returns how often there was none.
fn publish_without_room(office: &Office, at: &Path, free: u64, case: &str) -> u64 {
    let root = at.join("registry");
    copy_folder(&office.path("registry"), &root);
    let filler = fill(at, free);
    let (mut size, mut refused) = (MADE_WITH, 0);
    for patch in 2..5 {
        let (code, text) = said(&office.publish(patch, &root));
        match code {
            0 => size = is_read(&root, size + 1, case),
            1 => {
                refused += 1;
                assert!(text.contains(NO_ROOM), "{case}: {text}");
                assert!(text.contains("hint: "), "{case}: it says what now: {text}");
                size = is_read(&root, size, case);
            }
            _ => panic!("{case}: {code}, {text}"),
        }
    }
    fs::remove_file(filler).unwrap();
    let (code, text) = said(&office.publish(5, &root));
    assert_eq!(code, 0, "{case}: {text}");
    assert_eq!(is_read(&root, size + 1, case), size + 1, "{case}");
    fs::remove_dir_all(root).unwrap();
    refused
}

/// Publishes as a server does, that keeps the registry open, until the record
/// itself finds no room. Returns how many had.
fn publish_until_no_room(at: &Path, free: u64, case: &str) -> u64 {
    let root = at.join("registry");
    let mut publisher = small_registry(&root);
    let filler = fill(at, free);
    let made_with = publisher.chains().size();
    let publish = |publisher: &mut Publisher| {
        let revision = next_revision(publisher.chains(), LIST);
        publisher.publish(Publication::Revision(Box::new(revision)), RECORDED)
    };
    let mut size = made_with;
    let error = loop {
        match publish(&mut publisher) {
            Ok(head) => size = head.size,
            Err(error) => break error,
        }
    };
    let PublishError::Append(AppendError::Unknown(cause)) = error else { panic!("{case}: {error}") };
    assert_eq!(cause.kind(), std::io::ErrorKind::StorageFull, "{case}");
    let again = publish(&mut publisher).unwrap_err();
    assert!(matches!(again, PublishError::Append(AppendError::Uncertain)), "{case}: {again}");
    drop(publisher);
    let found = audit(&root).unwrap().head.size;
    assert!((size..=size + 1).contains(&found), "{case}: {found} of {size}");
    assert!(size <= Registry::open(&root).unwrap().state().head.size, "{case}");
    fs::remove_file(filler).unwrap();
    let mut publisher = Publisher::open(&root).unwrap();
    assert!((size..=size + 1).contains(&publisher.chains().size()), "{case}");
    publish(&mut publisher).unwrap();
    drop(publisher);
    assert_eq!(audit(&root).unwrap().views, Vec::<String>::new(), "{case}");
    fs::remove_dir_all(root).unwrap();
    size - made_with
}

#[test]
fn a_full_disk_loses_nothing_and_publishing_goes_on_when_there_is_room() {
    let Some(scratch) = scratch() else { return };
    let office = Office::open(&scratch);
    let at = office.path("at");
    let (mut levels, mut refused, mut published) = (0, 0, 0);
    // Pages of memory at first, then so much that some views fit and others not.
    for free in [0, 4, 8, 12, 16, 24, 48, 96, 384].map(|it| it << 10) {
        let mounted = Mounted::of_memory(6 << 20, &at);
        let case = format!("{free} bytes free in memory");
        refused += publish_without_room(&office, mounted.path(), free, &case);
        published += publish_until_no_room(mounted.path(), free.min(16 << 10), &case);
        levels += 1;
    }
    let image = office.path("image");
    FileSystem::named("ext4").make(&image);
    for free in [0, 1, 2, 3, 4, 5, 6, 8, 12, 16].map(|it| it << 10) {
        let mounted = Mounted::try_new(&image, "loop", &at).unwrap();
        let case = format!("{free} bytes free on ext4");
        refused += publish_without_room(&office, mounted.path(), free, &case);
        published += publish_until_no_room(mounted.path(), free, &case);
        levels += 1;
    }
    say(&format!(
        "{levels} levels of a full disk: {refused} times no room to open it, {levels} times none for the record, \
         before which {published} were published; 0 lost"
    ));
    assert!(refused != 0 && published != 0, "{refused}, {published}: the disk was not full, or had no room at all");
}

#[test]
fn a_file_system_that_is_mounted_read_only_is_read() {
    let Some(scratch) = scratch() else { return };
    let office = Office::open(&scratch);
    let at = office.path("at");
    let mounted = Mounted::of_memory(6 << 20, &at);
    let root = mounted.path().join("registry");
    copy_folder(&office.path("registry"), &root);
    for index in ["with its index", "without its index"] {
        mounted.remount("ro");
        let (code, text) = said(&office.publish(2, &root));
        assert!(code == 1 && text.contains("Read-only file system") && text.contains("hint: "), "{index}: {text}");
        assert_eq!(is_read(&root, MADE_WITH, index), MADE_WITH);
        mounted.remount("rw");
        // Nobody can have made it anew.
        let removed = fs::remove_file(root.join("index"));
        assert_eq!(removed.is_ok(), index == "with its index");
    }
    let (code, text) = said(&office.publish(2, &root));
    assert_eq!(code, 0, "{text}");
    assert_eq!(is_read(&root, MADE_WITH + 1, "writable again"), MADE_WITH + 1);
}

#[test]
fn a_folder_of_somebody_else_is_read() {
    // Nobody has this number.
    const STRANGER: u32 = 54_321;
    let Some(scratch) = scratch() else { return };
    let office = Office::open(&scratch);
    let root = office.path("registry");
    // What the stranger runs has to be where they may look, and the key theirs.
    let program = office.path("neglist");
    fs::copy(env!("CARGO_BIN_EXE_neglist"), &program).unwrap();
    fs::set_permissions(office.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    chown(office.path("ministry.key"), Some(STRANGER), Some(STRANGER)).unwrap();
    let stranger = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).env_remove("NEGLIST_REGISTRY").uid(STRANGER).gid(STRANGER);
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = format!("{}{}", String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        (status.code().unwrap(), text)
    };
    let registry = root.to_str().unwrap();
    for index in ["with its index", "without its index"] {
        let (code, text) = stranger(&office.publish(2, &root));
        assert!(code == 1 && text.contains("Permission denied") && text.contains("hint: "), "{index}: {text}");
        let question = ["ask", "--from", "AF", "--to", "DE", "--category", "personal.health", "--at", "2027-01-01"];
        let (code, text) = stranger(&[&question[..], &["--registry", registry]].concat());
        assert_eq!(code, 11, "{index}: {text}");
        let (code, text) = stranger(&["fsck", "--registry", registry]);
        assert_eq!(code, 0, "{index}: {text}");
        let removed = fs::remove_file(root.join("index"));
        assert_eq!(removed.is_ok(), index == "with its index");
    }
    let (code, text) = said(&office.publish(2, &root));
    // The key is the stranger's now, and root may read it all the same.
    assert_eq!(code, 0, "{text}");
    assert_eq!(is_read(&root, MADE_WITH + 1, "by its owner"), MADE_WITH + 1);
}
