//! Fixtures that read as sentences: a registry that fits on a page.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of them")]

pub mod disk;
pub mod lossy;
pub mod process;
pub mod served;
pub mod sharing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neglist::canon::{Chains, Origin, Publication, Record, answer_json, question_from_json};
use neglist::catalog::{self, Sources};
use neglist::evaluate::answer;
use neglist::model::{Categories, Head, ListId, Revision, State};
use neglist::registry::{Publisher, records_of};
use semver::Version;

/// When records of tests are taken in.
pub const RECORDED: &str = "2026-01-01T00:00:00Z";

/// The list of the small catalog that has seen everything: an entry added, a
/// revision waiting, one that takes it back and runs out.
pub const LIST: &str = "CN/cross-border-transfer";

/// Returns the folder of the small catalog.
pub fn small_catalog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/small")
}

/// Returns what the small catalog says.
pub fn small_sources() -> Sources {
    catalog::read_folder(&small_catalog()).unwrap()
}

/// Returns the records of the small catalog, with its head.
pub fn small_records() -> (Head, Vec<Record>) {
    records_of(&small_sources()).unwrap()
}

/// Makes the registry of the small catalog in a folder.
pub fn small_registry(root: &Path) -> Publisher {
    let (head, records) = small_records();
    Publisher::create(root, &records, &head.origin).unwrap()
}

/// Returns the records of a registry that differs from the small one in its
/// name alone.
pub fn records_of_another(origin: &str) -> (Head, Vec<Record>) {
    records_of(&Sources { origin: origin.to_owned(), ..small_sources() }).unwrap()
}

/// Returns the chains of records.
pub fn chains_of(records: &[Record]) -> Chains {
    records.iter().cloned().fold(Chains::default(), Chains::append)
}

/// Returns the revision after the last of a list: a note says something else,
/// and nothing more.
pub fn next_revision(chains: &Chains, list: &str) -> Revision {
    let id: ListId = list.parse().unwrap();
    let mut revision = chains.lists()[&id].head().unwrap().revision.clone();
    let version = &revision.version;
    revision.version = Version::new(version.major, version.minor, version.patch + 1);
    revision.withdraws.clear();
    let (id, entry) = revision.entries.get_min().unwrap().clone();
    let mut entry = Arc::unwrap_or_clone(entry);
    entry.note.en = format!("As revised in {}.", revision.version);
    revision.entries.insert(id, Arc::new(entry));
    revision
}

/// Returns a release of one category, the shortest publication that there can
/// be any number of.
pub fn release(number: u64) -> Publication {
    let category = catalog::read_categories(
        "version = \"1.0.0\"\npublished = 2024-01-01\n[[category]]\nid = \"a\"\nname = { en = \"\", zh = \"\" }\n",
    );
    let category = category.unwrap();
    let nodes = category.iter().cloned();
    Publication::Categories(Categories::new(Version::new(1, 0, number), category.published(), nodes).unwrap())
}

/// Returns short records of a registry, as many as are wanted.
pub fn short_records(origin: &str, many: u64) -> Vec<Record> {
    let mut chains = Chains::default();
    let origin = Publication::Origin(Origin { name: origin.to_owned(), root_key: None });
    let mut records = Vec::new();
    for publication in std::iter::once(origin).chain((1..many).map(release)) {
        let record = chains.prepare(publication, RECORDED).unwrap();
        chains = chains.append(record.clone());
        records.push(record);
    }
    records
}

/// Questions to the small registry, and the outcomes that they must get: one
/// of each.
pub const QUESTIONS: [(&str, &str); 6] = [
    (r#"{"from":"CN","to":"DE","items":[{"category":"personal.genomic"}],"at":"2025-06-01"}"#, "prohibited"),
    (r#"{"from":"CN","to":"DE","items":[{"category":"personal"}],"at":"2024-06-01"}"#, "prohibited"),
    (
        r#"{"from":"CN","items":[{"category":"personal","subjects":500}],"at":"2026-06-01","facts":{"exporter.ciio":true}}"#,
        "prohibited",
    ),
    (
        r#"{"from":"DE","to":"CN","items":[{"category":"personal","subjects":500}],"at":"2024-06-01","ordinary":true}"#,
        "conditional",
    ),
    (r#"{"from":"DE","to":"GB","items":[{"category":"personal"}],"at":"2024-06-01"}"#, "permitted"),
    (r#"{"from":"GB","to":"CN","items":[{"category":"personal"}],"at":"2024-06-01"}"#, "unknown"),
];

/// Asks all [`QUESTIONS`], and returns the answers as others read them.
pub fn answers(state: &State) -> Vec<String> {
    let mut answers = Vec::new();
    for (text, outcome) in QUESTIONS {
        let question = question_from_json(text).unwrap();
        assert!(state.mistakes(&question).is_empty(), "{text}");
        let answer = answer(state, &question);
        assert_eq!(answer.outcome.word(), outcome, "{text}");
        answers.push(answer_json(&answer, &state.head).to_string());
    }
    answers
}

/// Returns every file below a folder with its bytes, by relative name.
pub fn files_below(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Copies a folder.
pub fn copy_folder(from: &Path, to: &Path) {
    for (name, bytes) in files_below(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Random numbers that are the same for the same seed.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number below another: splitmix64.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (it ^ (it >> 31)) % limit
    }
}
