//! What is new, in three ways: feeds for people's readers, changes for programs
//! that come back, and events for those that stay.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};

use common::served::Served;
use neglist::canon::{Publication, question_from_json};
use neglist::evaluate::answer;
use neglist::journal::snapshot;
use neglist::model::{List, State};
use neglist::registry::Publisher;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;

/// An entry of a feed: its id, when, and its title.
#[derive(Debug)]
struct Entry {
    id: String,
    updated: String,
    title: String,
    link: String,
}

/// Reads a feed as XML, strictly, and returns its id and its entries.
fn feed(text: &str) -> (String, Vec<Entry>) {
    let mut reader = Reader::from_str(text);
    let (mut path, mut id, mut entries): (Vec<String>, String, Vec<Entry>) = (Vec::new(), String::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Empty(it) = &event
            && path == ["feed", "entry"]
            && it.name().as_ref() == "link"
        {
            entries.last_mut().unwrap().link = it.try_get_attribute("href").unwrap().unwrap().value.into_owned();
        }
        match event {
            Event::Start(it) => {
                path.push(it.name().as_ref().to_owned());
                if path == ["feed", "entry"] {
                    let empty = String::new;
                    entries.push(Entry { id: empty(), updated: empty(), title: empty(), link: empty() });
                }
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(it) => {
                let text = it.xml10_content().into_owned();
                let entry = entries.last_mut();
                match (path.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), entry) {
                    (["feed", "id"], _) => id.push_str(&text),
                    (["feed", "entry", "id"], Some(it)) => it.id.push_str(&text),
                    (["feed", "entry", "updated"], Some(it)) => it.updated.push_str(&text),
                    (["feed", "entry", "title"], Some(it)) => it.title.push_str(&text),
                    _ => {}
                }
            }
            Event::Eof => break,
            Event::Empty(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    assert!(path.is_empty());
    (id, entries)
}

#[test]
fn feeds_are_atom_and_the_same_bytes_each_time() {
    let served = Served::bundled();
    for path in [
        "/feed.atom",
        "/feed.atom?lang=zh",
        "/feed.atom?list=CN/cross-border-transfer",
        "/feed.atom?place=CN-TJ-FTZ",
        "/feed.atom?from=US&to=CN&category=personal.health.genomic&subjects=500&at=2026-06-01&ordinary=true",
    ] {
        let text = served.text(path);
        assert_eq!(text, served.text(path), "{path}");
        let (id, entries) = feed(&text);
        assert!(id.starts_with("urn:x-neglist:feed:neglist/bundled:"), "{id}");
        assert!(!entries.is_empty() && entries.len() <= 100, "{path}: {}", entries.len());
        let ids: BTreeSet<_> = entries.iter().map(|it| &it.id).collect();
        assert_eq!(ids.len(), entries.len(), "{path}");
        // Newest first, and each leads to a page.
        assert!(entries.is_sorted_by(|one, next| next.updated <= one.updated), "{path}");
        for entry in entries.iter().step_by(10).filter(|it| !it.link.is_empty()) {
            assert_eq!(served.get(&entry.link).status, 200, "{entry:?}");
        }
    }
    let head = served.raw("/feed.atom", "");
    assert!(head.contains("content-type: application/atom+xml"), "{head:.400}");
    let etag = head.lines().find_map(|it| it.strip_prefix("etag: ")).unwrap();
    assert!(served.raw("/feed.atom", &format!("If-None-Match: {etag}\r\n")).starts_with("HTTP/1.1 304"));
}

#[test]
fn the_feed_of_a_list_has_its_revisions_by_the_hashes_of_their_records() {
    let served = Served::bundled();
    let history = served.json("/v1/lists/CN/cross-border-transfer");
    let (_, entries) = feed(&served.text("/feed.atom?list=CN/cross-border-transfer"));
    let revisions = history["revisions"].as_array().unwrap();
    assert_eq!(entries.len(), revisions.len());
    for (entry, revision) in entries.iter().rev().zip(revisions) {
        let title = format!("CN/cross-border-transfer {}: ", revision["version"].as_str().unwrap());
        assert!(entry.title.starts_with(&title), "{entry:?}");
    }
    let changes = served.json("/v1/changes?since=0");
    let records: BTreeSet<_> =
        changes["changes"].as_array().unwrap().iter().map(|it| it["record"].as_str().unwrap()).collect();
    for entry in &entries {
        assert!(records.contains(entry.id.strip_prefix("urn:x-neglist:record:").unwrap()), "{entry:?}");
    }
}

/// Returns what a question gets, as one text.
fn verdict(state: &State, question: &str) -> String {
    let answer = answer(state, &question_from_json(question).unwrap());
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        answer.outcome, answer.floor, answer.unknown_reason, answer.requires, answer.exemptions, answer.duties
    )
}

#[test]
fn the_feed_of_a_question_has_an_entry_exactly_where_its_answer_changed() {
    let served = Served::bundled();
    let unpacked = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    let chains = common::chains_of(&unpacked.records);
    let whole = chains.state().unwrap();
    for (query, question) in [
        (
            "from=US&to=CN&category=personal.health.genomic&subjects=500&at=2026-06-01&ordinary=true",
            r#"{"from":"US","to":"CN","items":[{"category":"personal.health.genomic","subjects":500}],"at":"2026-06-01","ordinary":true}"#,
        ),
        (
            "from=DE&to=GB&category=personal.contact&at=2022-01-01",
            r#"{"from":"DE","to":"GB","items":[{"category":"personal.contact"}],"at":"2022-01-01"}"#,
        ),
        (
            "from=CN-TJ-FTZ&category=commercial.trade-secret&at=2024-06-01&fact=sector%3Dretail",
            r#"{"from":"CN-TJ-FTZ","items":[{"category":"commercial.trade-secret"}],"at":"2024-06-01","facts":{"sector":"retail"}}"#,
        ),
        (
            "from=AF&category=personal&at=2024-06-01",
            r#"{"from":"AF","items":[{"category":"personal"}],"at":"2024-06-01"}"#,
        ),
    ] {
        // Every list, one revision after another, whether or not it may matter.
        let mut then = State { lists: std::collections::BTreeMap::new(), ..whole.clone() };
        let mut before = verdict(&then, question);
        let mut expected = Vec::new();
        for record in &unpacked.records {
            let Publication::Revision(revision) = record.publication() else { continue };
            let list = &whole.lists[&revision.list];
            let issued = list.revisions.iter().find(|it| it.revision.version == revision.version).unwrap();
            let known = then.lists.get(&revision.list).map(|it| it.revisions.clone()).unwrap_or_default();
            let revisions = known.into_iter().chain([issued.clone()]).collect();
            then.lists
                .insert(revision.list.clone(), std::sync::Arc::new(List { id: revision.list.clone(), revisions }));
            let after = verdict(&then, question);
            if after != before {
                expected.push(record.hash().to_string());
                before = after;
            }
        }
        // What it came to is what is answered.
        assert_eq!(before, verdict(&whole, question), "{query}");
        let (_, entries) = feed(&served.text(&format!("/feed.atom?{query}")));
        let found: Vec<_> = entries.iter().rev().map(|it| it.id.split(':').nth(3).unwrap().to_owned()).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn what_a_feed_is_not_about_is_refused() {
    let served = Served::small();
    for (path, status) in [
        ("/feed.atom?list=CN/nothing", 404),
        ("/feed.atom?list=CN", 404),
        ("/feed.atom?place=UK", 400),
        ("/feed.atom?place=CN&list=CN/cross-border-transfer", 400),
        ("/feed.atom?from=CN&category=personal", 400),
        ("/feed.atom?from=CN&category=nothing&at=2026-01-01", 400),
        ("/feed.atom?lsit=CN", 400),
        ("/feed.atom?lang=fr", 400),
        ("/v1/changes", 400),
        ("/v1/changes?since=-1", 400),
        ("/v1/changes?since=100000", 400),
        ("/v1/changes?since=0&until=5", 400),
        ("/events?since=1", 400),
    ] {
        assert_eq!(served.get(path).status, status, "{path}");
    }
}

#[test]
fn changes_go_on_where_they_ended() {
    let served = Served::small();
    let all = served.json("/v1/changes?since=0");
    let size = all["registry"]["size"].as_u64().unwrap();
    assert_eq!((all["next"].as_u64(), all["changes"].as_array().unwrap().len() as u64), (Some(size), size));
    let rest = served.json("/v1/changes?since=2");
    assert_eq!(rest["changes"].as_array().unwrap()[..], all["changes"].as_array().unwrap()[2..]);
    assert_eq!(served.json(&format!("/v1/changes?since={size}"))["changes"], json!([]));
    let last = &all["changes"][all["changes"].as_array().unwrap().len() - 1];
    assert_eq!(last["record"], all["registry"]["head"]);
}

#[test]
fn who_listens_is_told_of_each_head() {
    let served = Served::small();
    let mut lines = BufReader::new(served.connect("/events", "")).lines().map(Result::unwrap);
    let mut size = || {
        let data = lines.by_ref().find_map(|it| it.strip_prefix("data: ").map(str::to_owned)).unwrap();
        serde_json::from_str::<serde_json::Value>(&data).unwrap()["size"].as_u64().unwrap()
    };
    let before = size();
    let mut publisher = Publisher::open(&served.root).unwrap();
    let revision = common::next_revision(publisher.chains(), common::LIST);
    let version = revision.version.to_string();
    publisher.publish(Publication::Revision(Box::new(revision)), "2027-01-01T00:00:00Z").unwrap();
    drop(publisher);
    assert_eq!(size(), before + 1);
    // Whoever is told finds it.
    let new = served.json(&format!("/v1/changes?since={before}"));
    assert_eq!(new["changes"][0]["revision"]["version"], json!(version));
    assert_eq!(new["changes"][0]["recorded"], json!("2027-01-01T00:00:00Z"));
    let (_, entries) = feed(&served.text("/feed.atom"));
    assert_eq!(entries[0].updated, "2027-01-01T00:00:00Z");
}

#[test]
fn only_so_many_listen() {
    let served = Served::small();
    let mut listening = Vec::new();
    let mut turned_away = false;
    for _ in 0..300 {
        let mut reader = BufReader::new(served.connect("/events", ""));
        let mut status = String::new();
        reader.read_line(&mut status).unwrap();
        turned_away |= status.contains("503");
        listening.push(reader);
    }
    assert!(turned_away);
    // Others are answered all the same.
    assert_eq!(served.get("/healthz").status, 200);
}
