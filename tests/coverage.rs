//! What the bundled registry holds: how much, and that nothing in it stands
//! without its source.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{LIST, RECORDED, next_revision, small_registry};
use neglist::canon::Publication;
use neglist::journal::snapshot;
use neglist::measure::{Total, coverage, without_a_list};
use neglist::model::{At, EntryNote, EntryNoteKind, Text};
use neglist::registry::Registry;

#[test]
fn the_bundled_registry_holds_what_it_promises() {
    let folder = tempfile::tempdir().unwrap();
    let registry = bundled(&folder.path().join("registry"));
    let covered = registry.coverage(day("2026-11-30"));
    let total = Total::of(&covered);
    assert!(60 <= total.jurisdictions && 110 <= total.lists && 600 <= total.entries, "{total:?}");
    // A member of a bloc is spoken for by the bloc's list.
    let without = without_a_list(&covered, day("2026-11-30"), registry.state());
    let is_without = |code: &str| without.iter().any(|it| it.code.as_str() == code);
    assert!(is_without("KP") && !is_without("DE") && !is_without("CN"));
    for list in registry.state().lists.values() {
        for revision in list.revisions.iter().map(|it| &it.revision) {
            let (id, source) = (format!("{} {}", revision.list, revision.version), &revision.source);
            assert!(!source.title.is_empty() && !source.citation.is_empty(), "{id} names no source");
            assert!(source.url.starts_with("https://") || source.url.starts_with("http://"), "{id}: {}", source.url);
            assert!("2026-01-01".parse::<At>().unwrap().0 <= source.checked, "{id} was checked on {}", source.checked);
            for entry in revision.entries.values() {
                assert!(!entry.cite.trim().is_empty(), "{id}, {} cites nothing", entry.id);
            }
        }
    }
}

#[test]
fn the_page_of_doubts_is_that_of_the_bundled_registry() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    drop(bundled(&root));
    let mut neglist = Command::new(env!("CARGO_BIN_EXE_neglist"));
    neglist.args(["coverage", "--doubts", "--at", "2026-11-30", "--registry"]).arg(&root);
    let page = String::from_utf8(neglist.output().unwrap().stdout).unwrap();
    let kept = include_str!("../docs/doubts.md");
    assert!(page == kept, "neglist coverage --doubts --at 2026-11-30 > docs/doubts.md");
}

#[test]
fn gaps_and_places_without_a_list_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = small_registry(&folder.path().join("registry"));
    let mut revision = next_revision(publisher.chains(), LIST);
    let gap = Text { en: "The rules of the central bank.".to_owned(), zh: "中央银行的规则。".to_owned() };
    revision.notes.push(EntryNote { kind: EntryNoteKind::Gap, text: gap.clone() });
    let at = At(revision.effective.unwrap().0);
    publisher.publish(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
    let state = publisher.chains().state().unwrap();

    let covered = coverage(&state, at);
    let china = covered.iter().find(|it| it.place.as_str() == "CN").unwrap();
    assert_eq!(china.gaps().iter().map(|(list, it)| (list.id.as_str(), *it)).collect::<Vec<_>>(), [(LIST, &gap)]);
    // Before it took effect, nobody had said so.
    let before = At(at.0.yesterday().unwrap());
    assert!(coverage(&state, before).iter().all(|it| it.gaps().is_empty()));

    let without: Vec<_> = without_a_list(&covered, at, &state).iter().map(|it| it.code.to_string()).collect();
    for place in &covered {
        assert!(!without.contains(&place.place.to_string()));
    }
}

fn bundled(root: &Path) -> Registry {
    let unpacked = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(neglist::registry::Publisher::create(root, &unpacked.records, &unpacked.head.origin).unwrap());
    Registry::open(root).unwrap()
}

fn day(text: &str) -> At {
    text.parse().unwrap()
}
