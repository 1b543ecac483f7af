//! Comparing the revisions of real lists, as others read it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

use neglist::cli::{Surroundings, run};
use neglist::compare::{Class, Ground, What, entries, history, verdicts};
use neglist::journal::snapshot;
use neglist::model::{At, State};
use neglist::registry::Publisher;
use tempfile::TempDir;

/// The change note of the rules of 22 March 2024. To write it anew:
/// `neglist diff CN/cross-border-transfer 4.0.2 5.0.0 --verdicts --format markdown`.
#[test]
fn the_note_on_order_16_is_as_it_was_read() {
    let expected = std::fs::read_to_string("tests/golden/CN-order-16.md").unwrap();
    let (code, note) = diff(&["CN/cross-border-transfer", "@2024-03-21", "@2024-03-22", "--format", "markdown"]);
    assert_eq!(code, 0);
    for (number, (line, expected)) in note.lines().zip(expected.lines()).enumerate() {
        assert_eq!(line, expected, "line {}", number + 1);
    }
    assert_eq!(note.lines().count(), expected.lines().count());
}

#[test]
fn the_page_needs_nothing_else() {
    for language in ["en", "zh"] {
        let arguments = ["CN/cross-border-transfer", "4.0.2", "5.0.0", "--format", "html", "--lang", language];
        let (_, page) = diff(&arguments);
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        for outside in ["<script", "<link", "<img", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        for tag in ["h2", "h3", "ul", "li", "p", "dl", "dt", "dd", "code", "strong", "a"] {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
            assert!(0 < opened || tag == "p", "{tag}");
        }
    }
}

#[test]
fn the_exit_code_says_whether_anything_got_tighter() {
    let code = |list: &str, before: &str, after: &str| diff(&[list, before, after, "--exit-code"]).0;
    assert_eq!(code("CN/human-genetic-resources", "1.0.0", "1.0.1"), 0, "a patch");
    assert_eq!(code("CN/cross-border-transfer", "5.0.0", "5.1.0"), 0, "a minor revision");
    assert_eq!(code("CN/human-genetic-resources", "1.0.1", "2.0.0"), 10, "a major revision");
}

#[test]
fn json_says_the_same() {
    let (_, text) = diff(&["CN/human-genetic-resources", "1.0.1", "2.0.0", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["verdicts"]["class"], "major");
    let regions = document["verdicts"]["regions"].as_array().unwrap();
    let tighter: Vec<_> = regions.iter().filter(|it| it["shift"] == "tighter").collect();
    assert!(!tighter.is_empty());
    for region in tighter {
        let witness = &region["witnesses"][0];
        assert!(witness["command"].as_str().unwrap().starts_with("neglist ask --from CN --to "));
        assert_ne!(witness["before"]["outcome"], witness["after"]["outcome"]);
    }
    let changed = document["changed"].as_array().unwrap();
    assert!(changed.iter().any(|it| it["id"] == "information-report"));
}

// The real lists.

/// Whoever published them declared no less than what became of the answers.
#[test]
fn no_real_revision_understates_its_version() {
    let state = bundled();
    let mut steps = 0;
    for list in state.lists.values() {
        for (before, after) in list.revisions.iter().zip(list.revisions.iter().skip(1)) {
            let (before, after) = (&before.revision, &after.revision);
            let at = after.first_day();
            let found = verdicts(Ground::of(state, at), Some(before), after);
            let declared = Class::declared(&before.version, &after.version);
            assert!(found.class <= declared, "{} {}: {:?}", after.list, after.version, found.regions.first());
            steps += 1;
        }
    }
    assert!(100 < steps);
}

#[test]
fn every_real_revision_compared_with_itself_says_nothing() {
    let state = bundled();
    for list in state.lists.values() {
        for issued in &list.revisions {
            let copy = issued.revision.clone();
            let at = At(copy.published.0);
            let found = verdicts(Ground::of(state, at), Some(&issued.revision), &copy);
            assert_eq!((found.class, found.regions.len()), (Class::Patch, 0), "{} {}", list.id, copy.version);
            let diff = entries(&issued.revision, &copy);
            assert!(diff.header.is_empty() && diff.added.is_empty() && diff.changed.is_empty(), "{diff:?}");
        }
    }
}

#[test]
fn an_entry_appears_changes_and_vanishes() {
    let list = &bundled().lists["CN/cross-border-transfer"];
    let happenings = history(list, &"processed-assess".parse().unwrap());
    let said: Vec<_> = happenings
        .iter()
        .map(|it| {
            let what = match it.what {
                What::Appeared(_) => "appeared",
                What::Changed(_) => "changed",
                What::Vanished => "vanished",
            };
            format!("{} {what}", it.issued.revision.version)
        })
        .collect();
    assert_eq!(said.first().map(String::as_str), Some("4.0.0 appeared"), "{said:?}");
    assert_eq!(said.last().map(String::as_str), Some("5.0.0 vanished"), "{said:?}");
}

fn bundled() -> &'static State {
    static STATE: OnceLock<State> = OnceLock::new();
    STATE.get_or_init(|| unpacked().chains.state().unwrap())
}

fn unpacked() -> snapshot::Unpacked {
    snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap()
}

/// Returns the exit code and the results of `neglist diff … --verdicts`.
fn diff(arguments: &[&str]) -> (u8, String) {
    static REGISTRY: OnceLock<TempDir> = OnceLock::new();
    let folder = REGISTRY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let unpacked = unpacked();
        drop(Publisher::create(&folder.path().join("registry"), &unpacked.records, &unpacked.head.origin).unwrap());
        folder
    });
    let registry: &Path = &folder.path().join("registry");
    let surroundings = Surroundings {
        clock: || 0,
        pause: |_| {},
        today: "2026-01-01".parse::<neglist::model::date::Date>().unwrap().into(),
        data_folder: None,
        now: "2026-01-01T00:00:00Z".to_owned(),
        passphrase: None,
        registry: Some(registry.display().to_string()),
        is_err_terminal: false,
        width: 100,
    };
    let all = ["neglist", "diff", "--verdicts"].iter().chain(arguments).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(all, &surroundings, &mut out, &mut err);
    assert_eq!(String::from_utf8(err).unwrap(), "");
    (code, String::from_utf8(out).unwrap())
}
