//! The lint rules: each has its file, its page, an example that it finds and
//! one that it does not, and the real catalog passes them all.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use neglist::catalog::lint::{History, Place, RULES, Remark, Setting, Severity, find, lint};
use neglist::catalog::{Sources, Words, read_folder, read_revision};
use neglist::evaluate::answer;
use neglist::model::{Hash, Head, Issued, List, ListId, Outcome, Revision, State};
use semver::Version;

/// The day on which everything is judged.
const TODAY: &str = "2026-11-30";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the rules need, owned.
struct World {
    sources: Sources,
    lists: BTreeSet<ListId>,
}

impl World {
    fn new() -> World {
        let sources = read_folder(&root().join("catalog")).unwrap();
        let lists = sources.revisions.iter().map(|it| it.list.clone()).collect();
        World { sources, lists }
    }

    fn published(&self) -> Vec<&Revision> {
        self.sources.revisions.iter().collect()
    }

    fn setting<'a>(&'a self, published: &'a [&'a Revision]) -> Setting<'a> {
        let words = Words {
            categories: self.sources.categories.last().unwrap(),
            vocabulary: self.sources.vocabularies.last().unwrap(),
            places: &self.sources.places,
            lists: &self.lists,
        };
        Setting { words, published, today: TODAY.parse().unwrap() }
    }

    /// Returns the state of a registry with these words and no lists.
    fn empty_state(&self) -> State {
        State {
            head: Head { origin: "test".to_owned(), size: 0, hash: Hash([0; 32]) },
            categories: self.sources.categories.last().unwrap().clone(),
            vocabulary: self.sources.vocabularies.last().unwrap().clone(),
            places: self.sources.places.clone(),
            lists: BTreeMap::new(),
        }
    }

    /// Judges an example. The other files of its folder that are named after a
    /// version are the list's history. The first line may say where the file
    /// lies: `# lies at LIST VERSION`.
    fn lint_example(&self, path: &Path) -> Vec<Remark> {
        let bytes = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let published = self.published();
        let setting = self.setting(&published);
        let mut files: BTreeMap<Version, String> = BTreeMap::new();
        for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if let Ok(version) = path.file_stem().unwrap().to_str().unwrap().parse() {
                files.insert(version, fs::read_to_string(&path).unwrap());
            }
        }
        let place = text.lines().next().unwrap_or_default().strip_prefix("# lies at ").map(str::to_owned);
        if files.is_empty() && place.is_none() {
            return lint(&bytes, Place::Alone, setting);
        }
        let said = |key: &str| {
            let line = text.lines().find(|it| it.starts_with(key)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        let (list, version) = match place.as_deref().and_then(|it| it.split_once(' ')) {
            Some((list, version)) => (list.to_owned(), version.to_owned()),
            None => (said("list"), said("version")),
        };
        let version: Version = version.parse().unwrap();
        files.insert(version.clone(), text.clone());
        let history = History::read(list.parse().unwrap(), &files, setting.words.vocabulary);
        lint(&bytes, Place::Folder(&version, &history), setting)
    }
}

fn examples(rule: &str) -> PathBuf {
    root().join("tests/lint").join(rule)
}

fn stems(folder: &Path, extension: &str) -> BTreeSet<String> {
    let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let of_kind = paths.filter(|it| it.extension().is_some_and(|it| it == extension));
    of_kind.map(|it| it.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn shown(remarks: &[Remark]) -> String {
    let mut text = String::new();
    for it in remarks {
        writeln!(text, "  {}[{}]: {}", it.severity, it.diagnostic.rule, it.diagnostic.message).unwrap();
    }
    text
}

#[test]
fn every_rule_has_its_file_its_page_and_its_examples() {
    let ids: Vec<_> = RULES.iter().map(|it| it.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "the table is sorted, and no id stands there twice");

    let mut files = stems(&root().join("src/catalog/lint/rules"), "rs");
    assert!(files.remove("mod"));
    let files: BTreeSet<_> = files.iter().map(|it| it.replace('_', "-")).collect();
    let table: BTreeSet<_> = ids.iter().map(ToString::to_string).collect();
    assert_eq!(files, table, "the files of the rules and the table");

    let mut pages = stems(&root().join("docs/lint"), "md");
    assert!(pages.remove("README"));
    assert_eq!(pages, table, "the pages and the table");
    let index = fs::read_to_string(root().join("docs/lint/README.md")).unwrap();
    for rule in RULES {
        let page = fs::read_to_string(root().join(format!("docs/lint/{}.md", rule.id))).unwrap();
        assert!(page.starts_with(&format!("# {}\n\n*{}.* {}\n", rule.id, rule.severity, rule.summary)), "{}", rule.id);
        assert!(page.contains("## Bad") && page.contains("## Good"), "{}", rule.id);
        let row = format!("| [{0}]({0}.md) | {1} | {2} |", rule.id, rule.severity, rule.summary);
        assert!(index.contains(&row), "docs/lint/README.md has no row `{row}`");
        assert!(rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{}: {}", rule.id, rule.summary);
    }

    let folders = fs::read_dir(root().join("tests/lint")).unwrap();
    let folders: BTreeSet<_> = folders.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(folders, table, "the examples and the table");
}

/// What reading calls a mistake is a rule too.
#[test]
fn every_mistake_of_reading_is_in_the_table() {
    let mut found = BTreeSet::new();
    for file in ["revision.rs", "diagnostic.rs", "folder.rs", "lint/draft.rs"] {
        let text = fs::read_to_string(root().join("src/catalog").join(file)).unwrap();
        for part in text.split("Diagnostic::new(").chain(text.split("self.report(")).skip(1) {
            let Some(rest) = part.trim_start().strip_prefix('"') else { continue };
            found.extend(rest.split('"').next().map(str::to_owned));
        }
    }
    assert!(found.contains("no-citation") && found.contains("syntax") && found.contains("file-name"), "{found:?}");
    for id in found {
        assert_eq!(find(&id).map(|it| it.severity), Some(Severity::Error), "{id}");
    }
}

#[test]
fn every_rule_finds_its_bad_example_and_nothing_in_the_good_one() {
    let world = World::new();
    let mut wrong = String::new();
    for rule in RULES {
        let bad = world.lint_example(&examples(rule.id).join("bad.toml"));
        let found: BTreeSet<_> = bad.iter().map(|it| it.diagnostic.rule).collect();
        if found != BTreeSet::from([rule.id]) {
            writeln!(wrong, "{}, bad: expected just that\n{}", rule.id, shown(&bad)).unwrap();
        }
        let good = world.lint_example(&examples(rule.id).join("good.toml"));
        if !good.is_empty() {
            writeln!(wrong, "{}, good: expected nothing\n{}", rule.id, shown(&good)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A finding points at something, says a way out, and its question can be
/// asked.
#[test]
fn findings_have_a_place_a_way_out_and_a_question_that_can_be_asked() {
    let world = World::new();
    let state = world.empty_state();
    let mut with_witness = 0;
    for rule in RULES {
        let path = examples(rule.id).join("bad.toml");
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for remark in world.lint_example(&path) {
            let it = &remark.diagnostic;
            let is_whole = ["unreadable", "missing"].contains(&it.rule);
            let span = it.span.clone();
            assert!(is_whole || span.is_some_and(|it| it.start < it.end && text.get(it).is_some()), "{it:?}");
            let is_reading = remark.severity == Severity::Error && it.help.is_none();
            assert!(it.help.is_some() || is_reading, "{it:?}");
            assert!(!it.message.ends_with('.') && !it.message.starts_with(char::is_uppercase), "{it:?}");
            if let Some(question) = &remark.witness {
                assert_eq!(state.mistakes(question), [], "{it:?}");
                with_witness += 1;
            }
        }
    }
    assert!(20 <= with_witness, "only {with_witness} findings have a question");
}

/// The question of a finding gets what the finding says.
#[test]
fn the_questions_of_findings_show_what_they_say() {
    let cases: &[(&str, &[&str], Outcome)] = &[
        ("threshold-gap", &[], Outcome::Permitted),
        ("overlapping-bands", &["few-records", "many-records"], Outcome::Conditional),
        ("shadowed-entry", &["health-records", "many-health-records"], Outcome::Conditional),
        ("duplicate-entry", &["health-records", "health-records-again"], Outcome::Conditional),
        ("undetermined-hides", &["maps", "terms-open"], Outcome::Unknown),
        ("overlapping-effects", &["ciio-records", "health-records"], Outcome::Prohibited),
        ("personal-prohibited", &["health-records"], Outcome::Prohibited),
        ("whole-root", &["health-records"], Outcome::Conditional),
        ("way-never-open", &["health-records"], Outcome::Conditional),
        ("scope-without-entry", &[], Outcome::Permitted),
    ];
    let world = World::new();
    for (rule, entries, outcome) in cases {
        let path = examples(rule).join("bad.toml");
        let remarks = world.lint_example(&path);
        let question = remarks[0].witness.as_ref().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let revision = read_revision(&text, world.sources.vocabularies.last().unwrap(), |_| None).unwrap();
        let id = revision.list.clone();
        let issued = Issued { sequence: 0, previous: None, hash: Hash([0; 32]), revision };
        let list = List { id: id.clone(), revisions: vec![issued] };
        let state = State { lists: BTreeMap::from([(id, list.into())]), ..world.empty_state() };
        let answer = answer(&state, question);
        let mut found: Vec<_> = answer.matches.iter().map(|it| it.entry.id.as_str()).collect();
        found.sort_unstable();
        assert_eq!((found.as_slice(), answer.outcome), (*entries, *outcome), "{rule}: {question:?}");
    }
}

/// Every rule over every list: errors none, the rest counted and printed.
#[test]
fn the_real_catalog_has_no_errors_and_explains_its_warnings() {
    let world = World::new();
    let published = world.published();
    let setting = world.setting(&published);
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    let mut errors = String::new();
    let mut judged = 0;
    for list in &world.lists {
        let folder = root().join("catalog/lists").join(list.as_str());
        let files: BTreeMap<Version, String> = stems(&folder, "toml")
            .iter()
            .map(|stem| (stem.parse().unwrap(), fs::read_to_string(folder.join(format!("{stem}.toml"))).unwrap()))
            .collect();
        let history = History::read(list.clone(), &files, setting.words.vocabulary);
        for (version, text) in &files {
            judged += 1;
            for remark in lint(text.as_bytes(), Place::Folder(version, &history), setting) {
                *counts.entry((remark.severity, remark.diagnostic.rule)).or_default() += 1;
                let it = &remark.diagnostic;
                // A warning is mended, or explained in place.
                if Severity::Note < remark.severity {
                    writeln!(errors, "{}[{}] {list} {version}: {}", remark.severity, it.rule, it.message).unwrap();
                }
            }
        }
    }
    assert_eq!(judged, world.sources.revisions.len());
    let mut out = std::io::stderr();
    for ((severity, rule), count) in &counts {
        writeln!(out, "{count:5} {severity:7} {rule}").unwrap();
    }
    assert!(errors.is_empty(), "\n{errors}");
}
