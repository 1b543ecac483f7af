//! Receipts: what is proven is what is answered, and nothing else verifies.
//!
//! `docs/verifier/` holds a second verifier, in Python, which is run on what
//! is made here (`NEGLIST_PYTHON` names the interpreter).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{RECORDED, chains_of, next_revision, records_of_another, small_records};
use neglist::canon::{
    Chains, Publication, SecretKey, answer_json, canonical, entry_hash, exam_from_json, question_from_json,
};
use neglist::catalog::read_folder;
use neglist::evaluate::answer;
use neglist::journal::SignError;
use neglist::log::{Checkpoint, LogKey, LogTree};
use neglist::model::Question;
use neglist::receipt::{Bounds, Fate, InvalidReceipt, Policy, Prover, Stored, Unproven, replay, verify};
use neglist::registry::records_of;
use serde_json::{Value as Json, json};

fn key() -> SecretKey {
    SecretKey::from_seed(&[9; 32])
}

fn small() -> Chains {
    chains_of(&small_records().1)
}

fn bundled() -> Chains {
    let catalog = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
    chains_of(&records_of(&read_folder(&catalog).unwrap()).unwrap().1)
}

fn signed_by(chains: &Chains, key: &SecretKey) -> String {
    let tree = LogTree::new(chains.log());
    let origin = chains.origin().unwrap().to_owned();
    Checkpoint { origin, size: tree.size(), root: tree.root() }.sign(key)
}

fn prover(chains: &Chains) -> Prover {
    Prover::new(chains, &signed_by(chains, &key())).unwrap()
}

fn policy_for(origin: &str) -> Policy {
    Policy { log: LogKey::of_log(origin, &key()), witnesses: Vec::new(), threshold: 0, bounds: Bounds::default() }
}

fn policy(chains: &Chains) -> Policy {
    policy_for(chains.origin().unwrap())
}

fn exam() -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exam/open.jsonl");
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|it| !it.trim().is_empty()).map(|it| exam_from_json(it).unwrap().question).collect()
}

fn question(text: &str) -> Question {
    question_from_json(text).unwrap()
}

/// The small registry's question that meets entries, and misses others.
fn meeting() -> Question {
    question(r#"{"from":"CN","to":"DE","items":[{"category":"personal","subjects":500}],"at":"2025-01-01"}"#)
}

fn without_validity(mut answer: Json) -> Json {
    answer.as_object_mut().unwrap().shift_remove("valid");
    answer
}

#[test]
fn what_a_receipt_proves_is_what_the_registry_answers() {
    let chains = bundled();
    let (prover, policy) = (prover(&chains), policy(&chains));
    for question in exam() {
        let open = Question { facts: BTreeMap::new(), ordinary: false, ..question.clone() };
        let anywhere = Question { to: None, ..question.clone() };
        let as_known = Question { known_on: Some("2024-01-01".parse().unwrap()), ..question.clone() };
        for question in [question, open, anywhere, as_known] {
            let receipt = prover.prove(&question).unwrap();
            let verified = verify(&receipt, &policy).unwrap_or_else(|it| panic!("{it}: {question:?}"));
            let whole = answer_json(&answer(prover.state(), &question), &prover.state().head);
            assert_eq!(canonical(&verified.answer), canonical(&without_validity(whole.clone())), "{question:?}");
            // By the days alone it holds no longer than it does by what they bring.
            let day = |it: Option<jiff::civil::Date>| it.map_or(Json::Null, |it| json!(it.to_string()));
            let (from, until) = (day(verified.unchanged.from), day(verified.unchanged.until));
            let valid = &whole["valid"];
            assert!(valid["from"].is_null() || (!from.is_null() && valid["from"].as_str() <= from.as_str()));
            assert!(valid["until"].is_null() || (!until.is_null() && until.as_str() <= valid["until"].as_str()));
        }
    }
}

/// What others have to read: a change here is another form of receipts.
#[test]
fn a_receipt_is_the_golden_one() {
    let chains = small();
    let receipt = String::from_utf8(prover(&chains).prove(&meeting()).unwrap()).unwrap();
    assert!(receipt == include_str!("golden/receipt.json"), "{receipt}");
    let page = include_str!("../docs/receipt.md");
    assert!(page.contains(&policy(&chains).log.to_string()), "{}", policy(&chains).log);
}

/// Each bit of a receipt, one at a time.
#[test]
fn a_receipt_with_one_bit_changed_proves_nothing() {
    let chains = small();
    let policy = policy(&chains);
    let receipt = prover(&chains).prove(&meeting()).unwrap();
    verify(&receipt, &policy).unwrap();
    let mut changed = receipt.clone();
    for place in 0..receipt.len() {
        for bit in 0..8 {
            changed[place] ^= 1 << bit;
            let verified = verify(&changed, &policy);
            assert!(verified.is_err(), "bit {bit} of byte {place}: {}", String::from_utf8_lossy(&changed));
            changed[place] ^= 1 << bit;
        }
    }
    for length in 0..receipt.len() {
        assert!(verify(&receipt[..length], &policy).is_err(), "cut to {length}");
    }
}

/// Fields dropped, doubled, swapped, or taken from another receipt.
#[test]
fn a_receipt_of_parts_that_do_not_belong_together_proves_nothing() {
    let chains = bundled();
    let (prover, policy) = (prover(&chains), policy(&chains));
    let receipts: Vec<Json> = exam()
        .iter()
        .step_by(67)
        .map(|question| serde_json::from_slice(&prover.prove(question).unwrap()).unwrap())
        .collect();
    let mut tried = 0;
    for (place, receipt) in receipts.iter().enumerate() {
        let other = &receipts[(place + 1) % receipts.len()];
        for pointer in pointers(receipt, 3).into_iter().filter(|it| it != "/digest") {
            let mut dropped = receipt.clone();
            remove(&mut dropped, &pointer);
            let mut nulled = receipt.clone();
            *nulled.pointer_mut(&pointer).unwrap() = Json::Null;
            let taken = other.pointer(&pointer).map(|part| {
                let mut taken = receipt.clone();
                *taken.pointer_mut(&pointer).unwrap() = part.clone();
                taken
            });
            let doubled = receipt.pointer(&pointer).unwrap().as_array().filter(|it| !it.is_empty()).map(|all| {
                let mut doubled = receipt.clone();
                let twice: Vec<_> = all.iter().chain(all.last()).cloned().collect();
                *doubled.pointer_mut(&pointer).unwrap() = json!(twice);
                doubled
            });
            for changed in [Some(dropped), Some(nulled), taken, doubled].into_iter().flatten() {
                if changed == *receipt {
                    continue;
                }
                tried += 1;
                assert!(verify(&[canonical(&changed), b"\n".to_vec()].concat(), &policy).is_err(), "{pointer}");
                // Of a forger who writes the digest anew, only what is true passes:
                // another question, to which the registry gives this answer, or
                // leaves shown that need not be.
                if let Ok(verified) = verify(&line(&changed), &policy) {
                    let whole = answer_json(&answer(prover.state(), &verified.question), &prover.state().head);
                    assert_eq!(canonical(&verified.answer), canonical(&without_validity(whole)), "{pointer}");
                }
            }
        }
    }
    assert!(500 < tried, "{tried}");
}

/// Returns a receipt as a forger would write it, who knows the format.
fn line(receipt: &Json) -> Vec<u8> {
    let mut receipt = receipt.clone();
    let keys = receipt.as_object_mut().unwrap();
    keys.shift_remove("digest");
    if keys.get("lists") == Some(&json!({})) {
        keys.shift_remove("lists");
    }
    let digest = blake3::derive_key("neglist v1 receipt", &canonical(&receipt));
    receipt["digest"] = json!(STANDARD.encode(digest));
    [canonical(&receipt), b"\n".to_vec()].concat()
}

/// Returns where the parts of a document lie, down to a depth.
fn pointers(document: &Json, depth: usize) -> Vec<String> {
    let parts: Vec<(String, &Json)> = match document {
        Json::Object(members) => members.iter().map(|(key, it)| (key.replace('/', "~1"), it)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(place, it)| (place.to_string(), it)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Vec::new(),
    };
    let mut found = Vec::new();
    for (key, part) in parts {
        found.push(format!("/{key}"));
        if depth != 0 {
            found.extend(pointers(part, depth - 1).into_iter().map(|it| format!("/{key}{it}")));
        }
    }
    found
}

fn remove(document: &mut Json, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Json::Object(members) => drop(members.shift_remove(&key.replace("~1", "/"))),
        Json::Array(items) => drop(items.remove(key.parse().unwrap())),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => unreachable!(),
    }
}

fn leaf_hash(leaf: &Json) -> String {
    STANDARD.encode(blake3::hash(&[&[0], canonical(leaf).as_slice()].concat()).as_bytes())
}

/// Hides leaves of a tree, as an honest prover would who does not need them:
/// the root stays the same. Of a leaf that is to be hidden, `whole` returns what
/// is hashed.
fn hide(tree: &mut Json, whole: &dyn Fn(&Json) -> Option<Json>) {
    if let Json::Array(parts) = tree {
        parts.iter_mut().for_each(|it| hide(it, whole));
    } else if let Some(leaf) = whole(tree) {
        *tree = json!(leaf_hash(&leaf));
    }
}

const LIST: &str = "CN/cross-border-transfer";

/// Hides the leaf of the list.
fn hide_list(receipt: &mut Json, chains: &Chains) {
    let head = chains.state().unwrap().lists[LIST].head().unwrap().hash.to_string();
    hide(&mut receipt["state"], &|it| {
        (it["list"] == LIST).then(|| json!({"head": head, "list": LIST, "scope": it["scope"]}))
    });
}

/// Hides the dates of the list.
fn hide_dates(receipt: &mut Json) {
    let hex = |it: &Json| blake3::Hash::from_slice(&STANDARD.decode(text(it)).unwrap()).unwrap().to_string();
    hide(&mut receipt["lists"][LIST]["earlier"], &|it| {
        it.is_object().then(|| {
            json!({
                "effective": it["effective"], "published": it["published"], "revision": hex(&it["revision"]),
                "sequence": it["sequence"], "withdrawn": it["withdrawn"],
            })
        })
    });
}

fn refused(receipt: &Json, policy: &Policy) -> Unproven {
    verify(&line(receipt), policy).unwrap_err()
}

#[test]
fn what_is_withheld_is_missed() {
    let chains = small();
    let policy = policy(&chains);
    let receipt: Json = serde_json::from_slice(&prover(&chains).prove(&meeting()).unwrap()).unwrap();

    // A list, with its leaf.
    let mut without_list = receipt.clone();
    hide_list(&mut without_list, &chains);
    remove(&mut without_list, "/lists/CN~1cross-border-transfer");
    without_list["answer"]["matches"] = json!([]);
    assert_eq!(refused(&without_list, &policy), InvalidReceipt::Hidden.into());

    // A list whose leaf is there.
    let mut without_list = receipt.clone();
    remove(&mut without_list, "/lists/CN~1cross-border-transfer");
    assert!(matches!(refused(&without_list, &policy), Unproven::Receipt(InvalidReceipt::Missing(_))));

    // An entry that prohibits.
    let mut without_entry = receipt.clone();
    let state = chains.state().unwrap();
    let standing = state.lists[LIST].revisions.iter().filter(|it| it.revision.entries.contains_key("genomic"));
    let hashes: Vec<_> = standing.map(|it| entry_hash(&it.revision.entries["genomic"]).to_string()).collect();
    let part = &mut without_entry["lists"][LIST];
    let shown = part["shown"].as_array().unwrap().clone();
    let category = shown.iter().find(|it| it["id"] == "genomic").unwrap()["category"][0].clone();
    let tree = part["entries"].clone();
    part["shown"] = shown.iter().filter(|it| it["id"] != "genomic").cloned().collect();
    let matches = without_entry["answer"]["matches"].as_array().unwrap().clone();
    without_entry["answer"]["matches"] = matches.iter().filter(|it| it["entry"] != "genomic").cloned().collect();
    let mut seen = Vec::new();
    for hash in hashes {
        let leaf = json!({"category": category, "entry": hash});
        without_entry["lists"][LIST]["entries"] = tree.clone();
        hide(&mut without_entry["lists"][LIST]["entries"], &|it| (it == "genomic").then(|| leaf.clone()));
        seen.push(refused(&without_entry, &policy));
    }
    assert!(seen.contains(&InvalidReceipt::Hidden.into()), "{seen:?}");

    // The revision that followed: the dates of the list are hidden.
    let mut without_dates = receipt.clone();
    hide_dates(&mut without_dates);
    assert_eq!(refused(&without_dates, &policy), InvalidReceipt::Hidden.into());

    // A narrower category.
    let mut without_category = receipt;
    hide(&mut without_category["releases"]["categories"]["tree"], &|it| {
        (it["id"] == "personal.genomic").then(|| {
            let set = |key: &str| it.get(key).cloned().unwrap_or(json!([]));
            json!({
                "broader": set("broader"), "dpv": set("dpv"), "id": it["id"], "name": it["name"],
                "narrower": set("narrower"), "note": it["note"],
            })
        })
    });
    assert_eq!(refused(&without_category, &policy), InvalidReceipt::Hidden.into());
}

#[test]
fn another_revision_than_the_one_in_force_proves_nothing() {
    let chains = small();
    let policy = policy(&chains);
    let prover = prover(&chains);
    let on = |day: &str| {
        let question = Question { at: day.parse().unwrap(), ..meeting() };
        serde_json::from_slice::<Json>(&prover.prove(&question).unwrap()).unwrap()
    };
    let (before, after) = (on("2024-06-30"), on("2024-07-01"));
    assert_ne!(before["answer"]["consulted"], after["answer"]["consulted"]);
    // The answer of one day, with the question and the evidence of the other.
    let mut wrong_day = after.clone();
    wrong_day["lists"] = before["lists"].clone();
    refused(&wrong_day, &policy);
    wrong_day["answer"] = before["answer"].clone();
    wrong_day["answer"]["question"]["at"] = json!("2024-07-01");
    refused(&wrong_day, &policy);
    // The later of two revisions is withheld.
    let mut held_back = after.clone();
    held_back["lists"][LIST]["in_force"] = before["lists"][LIST]["in_force"].clone();
    refused(&held_back, &policy);
}

#[test]
fn a_head_is_believed_of_its_own_log_and_not_when_it_is_old() {
    let chains = small();
    let receipt = prover(&chains).prove(&meeting()).unwrap();
    let origin = chains.origin().unwrap();
    // Another key, another log.
    let stranger = Policy { log: LogKey::of_log(origin, &SecretKey::from_seed(&[8; 32])), ..policy(&chains) };
    assert!(matches!(verify(&receipt, &stranger), Err(Unproven::Checkpoint(_))));
    let elsewhere = policy_for("neglist/other");
    assert!(matches!(verify(&receipt, &elsewhere), Err(Unproven::Checkpoint(_))));
    // A history that the log never had, under a checkpoint that it signed.
    let fork = chains_of(&records_of_another("neglist/fork").1);
    let foreign: Json = serde_json::from_slice(&prover(&fork).prove(&meeting()).unwrap()).unwrap();
    let own: Json = serde_json::from_slice(&receipt).unwrap();
    let mut forked = foreign;
    forked["proof"] = own["proof"].clone();
    refused(&forked, &policy(&chains));
    forked["record"] = own["record"].clone();
    refused(&forked, &policy(&chains));

    // A newer revision is withheld by showing the head before it.
    let revision = Publication::Revision(Box::new(next_revision(&chains, LIST)));
    let later = chains.clone().append(chains.prepare(revision, "2026-02-01T00:00:00Z").unwrap());
    let bound = |bounds: Bounds| Policy { bounds, ..policy(&chains) };
    let size = bound(Bounds { size: Some(later.size()), second: None });
    assert!(matches!(verify(&receipt, &size), Err(Unproven::Old(_))));
    verify(&prover(&later).prove(&meeting()).unwrap(), &size).unwrap();
    let second = |text: &str| u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_second()).unwrap();
    verify(&receipt, &bound(Bounds { size: None, second: Some(second(RECORDED)) })).unwrap();
    let newer = bound(Bounds { size: None, second: Some(second("2026-01-02T00:00:00Z")) });
    assert!(matches!(verify(&receipt, &newer), Err(Unproven::Old(_))));
    // And the last record of a log is not another one.
    let mut overtaken: Json = serde_json::from_slice(&prover(&later).prove(&meeting()).unwrap()).unwrap();
    overtaken["record"] = own["record"].clone();
    assert_eq!(refused(&overtaken, &policy(&chains)), Unproven::NotLast);
}

#[test]
fn witnesses_are_counted() {
    let chains = small();
    let (one, two) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let note = signed_by(&chains, &key());
    let note = Checkpoint::cosign(&note, "witness.example/one", &one, 1_790_000_000).unwrap();
    let receipt = Prover::new(&chains, &note).unwrap().prove(&meeting()).unwrap();
    let witnesses =
        vec![LogKey::of_witness("witness.example/one", &one), LogKey::of_witness("witness.example/two", &two)];
    let of = |threshold, second| Policy {
        witnesses: witnesses.clone(),
        threshold,
        bounds: Bounds { size: None, second },
        ..policy(&chains)
    };
    let verified = verify(&receipt, &of(1, None)).unwrap();
    assert_eq!(verified.checkpoint.witnesses, [(witnesses[0].clone(), 1_790_000_000)]);
    assert!(matches!(verify(&receipt, &of(2, None)), Err(Unproven::TooFewWitnesses { found: 1, needed: 2 })));
    verify(&receipt, &of(1, Some(1_790_000_000))).unwrap();
    assert!(matches!(verify(&receipt, &of(1, Some(1_790_000_001))), Err(Unproven::Old(_))));
}

/// The proof that nothing is there, in a list of ten thousand entries.
#[test]
fn an_absence_is_small() {
    let mut chains = small();
    let mut revision = next_revision(&chains, LIST);
    let template = revision.entries.values().next().unwrap().as_ref().clone();
    revision.entries.clear();
    for number in 0..10_000 {
        let mut entry = template.clone();
        entry.id = format!("entry-{number:05}").parse().unwrap();
        entry.categories = [format!("other.n{number:05}").parse().unwrap()].into();
        entry.except.clear();
        revision.entries.insert(entry.id.clone(), std::sync::Arc::new(entry));
    }
    let record = chains.prepare(Publication::Revision(Box::new(revision)), RECORDED).unwrap();
    chains = chains.append(record);
    let receipt = prover(&chains).prove(&meeting()).unwrap();
    verify(&receipt, &policy(&chains)).unwrap();
    let receipt: Json = serde_json::from_slice(&receipt).unwrap();
    let part = &receipt["lists"][LIST];
    let bytes = canonical(&part["entries"]).len() + canonical(&part["shown"]).len();
    assert!(bytes <= 2000, "{bytes} bytes");
}

#[test]
fn one_head_of_a_million_follows_from_another_in_two_kilobytes() {
    // The shape of the proof hangs on the sizes alone.
    let mut tree = LogTree::default();
    (0..1_000_000_u32).for_each(|it| {
        let mut leaf = [0; 32];
        leaf[..4].copy_from_slice(&it.to_be_bytes());
        tree.push(leaf);
    });
    for earlier in [1, 341, 524_288, 524_289, 777_777, 999_999] {
        let proof = tree.consistency(earlier, 1_000_000).unwrap();
        let (from, to) = ((earlier, tree.root_at(earlier).unwrap()), (1_000_000, tree.root()));
        assert!(proof.holds(from, to));
        assert!(!proof.holds((earlier, [7; 32]), to));
        assert!(proof.hashes().count() * 45 <= 2000, "{} hashes as lines of base64", proof.hashes().count());
    }
}

#[test]
fn stored_receipts_are_replayed() {
    let chains = small();
    let records = small_records().1;
    let lines: Vec<Vec<u8>> = records.iter().map(|it| it.line().to_vec()).collect();
    let stored = |chains: &Chains, question: &Question| {
        let receipt = prover(chains).prove(question).unwrap();
        let (question, answer, head) = neglist::receipt::read_unverified(&receipt).unwrap();
        Stored { question, answer, size: head.size, head: head.hash }
    };
    let verdict = |it: &Stored| {
        let mut answer = it.answer.clone();
        answer.as_object_mut().unwrap().shift_remove("registry");
        answer
    };
    let mut receipts: Vec<Stored> = Vec::new();
    let mut expected = Vec::new();
    for day in ["2024-04-01", "2025-01-01", "2026-06-01"] {
        let question = Question { at: day.parse().unwrap(), ..meeting() };
        let now = verdict(&stored(&chains, &question));
        for size in 4..=records.len() {
            let receipt = stored(&chains_of(&records[..size]), &question);
            expected.push(verdict(&receipt) == now);
            receipts.push(receipt);
        }
    }
    assert!(expected.contains(&true) && expected.contains(&false), "the fixture has both");
    let fates = replay(&chains, &lines, &receipts).unwrap();
    for ((fate, is_same), receipt) in fates.iter().zip(expected).zip(&receipts) {
        match fate {
            Fate::StillSo => assert!(is_same),
            Fate::Overtaken(by) => assert!(!is_same && receipt.size <= by.record, "{by:?}"),
            Fate::WrongThen | Fate::NeverSo | Fate::Ahead => panic!("{fate:?}"),
        }
    }
    let first = receipts[0].clone();
    let mut wrong = first.clone();
    wrong.answer["outcome"] = json!("permitted");
    let never = Stored { head: neglist::model::Hash([7; 32]), ..first.clone() };
    let ahead = Stored { size: 1_000_000, ..first };
    assert_eq!(replay(&chains, &lines, &[wrong, never, ahead]).unwrap(), [Fate::WrongThen, Fate::NeverSo, Fate::Ahead]);
}

/// Returns the program that a variable names. The machine that checks
/// submissions names it; who has none runs the other tests.
fn program(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|it| !it.is_empty())
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

/// The small registry after releases that moved, merged, split and removed what
/// its lists name, and some of that again; with what can be asked.
fn renamed() -> Vec<(Chains, Vec<Question>)> {
    let category = |id: &str, broader: &str| {
        format!("[[category]]\nid = \"{id}\"\nname = {{ en = \"\", zh = \"\" }}\nbroader = [{broader}]\n")
    };
    let nodes = |more: &[(&str, &str)]| {
        let all = [("genetic", ""), ("personal", "")].iter().chain(more);
        all.map(|(id, broader)| category(id, broader)).collect::<String>()
    };
    let fate =
        |kind: &str, from: &str, to: &str| format!("[[{kind}]]\nfrom = {from}\nto = {to}\nrelease = \"2.0.0\"\n");
    let removed = |id: &str| {
        format!("[[removed]]\nid = \"{id}\"\nrelease = \"2.0.0\"\nwhy = {{ en = \"Unused.\", zh = \"无人使用。\" }}\n")
    };
    let genomic = "\"personal.genomic\"";
    let releases = [
        nodes(&[("personal.sequence", "\"genetic\"")]) + &fate("moved", genomic, "\"personal.sequence\""),
        nodes(&[("genetic.read", "")]) + &fate("merged", "[\"personal.genomic\"]", "\"genetic.read\""),
        nodes(&[("personal.a", ""), ("personal.a.b", ""), ("genetic.c", "\"personal.a\"")])
            + &fate("split", genomic, "[\"personal.a.b\", \"genetic.c\"]"),
        nodes(&[("personal.other", "\"genetic\"")]) + &removed("personal.genomic"),
        // Through several: parts of which one was split again and one removed.
        nodes(&[("personal.a", ""), ("genetic.c", ""), ("genetic.d", "\"personal\"")])
            + &fate("moved", genomic, "\"older\"")
            + &fate("split", "\"older\"", "[\"late\", \"personal.a\"]")
            + &fate("split", "\"late\"", "[\"genetic.c\", \"genetic.gone.below\"]")
            + &removed("genetic.gone")
            + &removed("genetic.gone.below"),
    ];
    let asked = |text: String| {
        let categories = neglist::catalog::read_categories(&text).unwrap();
        let ids = categories.iter().map(|it| &it.id).chain(categories.all_former().map(|it| &it.id));
        let ids: Vec<_> = ids.filter(|it| categories.is_askable(it)).map(ToString::to_string).collect();
        let chains = small();
        let record = chains.prepare(Publication::Categories(categories), RECORDED).unwrap();
        let chains = chains.append(record);
        let of = |from: &str, to: &str, day: &str, id: &str| {
            question(&format!(
                r#"{{"from":"{from}","to":{to},"items":[{{"category":"{id}","subjects":500}}],"at":"{day}"}}"#
            ))
        };
        let ways = [("CN", "\"DE\""), ("CN", "null"), ("DE", "\"CN\"")];
        let days = ["2024-04-01", "2025-01-01", "2026-06-01"];
        let mut questions = Vec::new();
        for id in &ids {
            for (from, to) in ways {
                questions.extend(days.map(|day| of(from, to, day, id)));
            }
        }
        (chains, questions)
    };
    releases.map(|it| asked(format!("version = \"2.0.0\"\npublished = 2024-03-01\n{it}"))).into()
}

#[test]
fn answers_in_old_words_are_proven() {
    let mut matched = std::collections::BTreeSet::new();
    for (place, (chains, questions)) in renamed().into_iter().enumerate() {
        let (prover, policy) = (prover(&chains), policy(&chains));
        for question in questions {
            let receipt = prover.prove(&question).unwrap_or_else(|it| panic!("{it}: {question:?}"));
            let verified = verify(&receipt, &policy).unwrap_or_else(|it| panic!("{it}: {question:?}"));
            let whole = answer_json(&answer(prover.state(), &question), &prover.state().head);
            assert_eq!(canonical(&verified.answer), canonical(&without_validity(whole)), "{question:?}");
            if !verified.answered().matches.is_empty() {
                matched.insert(place);
            }
        }
    }
    assert_eq!(matched.len(), 5, "each of the releases is met by entries in old words");
}

#[test]
fn the_verifier_in_python_knows_old_words() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verifier/verify.py");
    for (chains, questions) in renamed() {
        let folder = tempfile::tempdir().unwrap();
        let (key_text, prover) = (policy(&chains).log.to_string(), prover(&chains));
        let (mut paths, mut expected) = (Vec::new(), Vec::new());
        for (number, question) in questions.iter().enumerate() {
            let path = folder.path().join(format!("{number:04}.json"));
            fs::write(&path, prover.prove(question).unwrap()).unwrap();
            expected.push(format!("{}: {}", path.display(), answer(prover.state(), question).outcome.word()));
            paths.push(path);
        }
        let said = run(Command::new(&python).arg(&script).args(["--key", &key_text]).args(&paths));
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_verifier_in_python_derives_the_same_from_every_receipt() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verifier/verify.py");
    let folder = tempfile::tempdir().unwrap();
    let chains = bundled();
    let key_text = policy(&chains).log.to_string();
    let prover = prover(&chains);
    let mut expected = Vec::new();
    for (number, question) in exam().into_iter().enumerate() {
        let open = Question { facts: BTreeMap::new(), ordinary: false, ..question.clone() };
        let anywhere = Question { to: None, ..question.clone() };
        let as_known = Question { known_on: Some("2024-01-01".parse().unwrap()), ..question.clone() };
        let asked = [question, open, anywhere, as_known];
        let question = &asked[number % 4];
        let path = folder.path().join(format!("{number:04}.json"));
        fs::write(&path, prover.prove(question).unwrap()).unwrap();
        expected.push(format!("{}: {}", path.display(), answer(prover.state(), question).outcome.word()));
    }
    let paths = || fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().path());
    let mut sorted: Vec<_> = paths().collect();
    sorted.sort();
    let said = run(Command::new(&python).arg(&script).args(["--key", &key_text]).args(&sorted));
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);

    // Each bit of a receipt, there too.
    let chains = small();
    let path = folder.path().join("small.json");
    fs::write(&path, self::prover(&chains).prove(&meeting()).unwrap()).unwrap();
    let key_text = policy(&chains).log.to_string();
    let said = run(Command::new(&python).arg(&script).args(["--mutations", "--key", &key_text]).arg(&path));
    assert!(said.contains("changes refused"), "{said}");
    // What forgers wrote in the tests above is refused there as well.
    let receipt: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut forged = Vec::new();
    let mut withheld = receipt.clone();
    hide_list(&mut withheld, &chains);
    remove(&mut withheld, "/lists/CN~1cross-border-transfer");
    forged.push(withheld);
    let mut milder = receipt.clone();
    milder["answer"]["outcome"] = json!("permitted");
    forged.push(milder);
    let mut dates = receipt.clone();
    hide_dates(&mut dates);
    forged.push(dates);
    let mut longer = receipt;
    longer["unchanged"]["until"] = Json::Null;
    forged.push(longer);
    for forged in forged {
        fs::write(&path, line(&forged)).unwrap();
        let output = Command::new(&python).arg(&script).args(["--key", &key_text]).arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_checksum_database_of_go_verifies_the_log() {
    let Some(go) = program("NEGLIST_GO") else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let records = common::short_records("registry.example/go", 700);
    drop(neglist::registry::Publisher::create(&root, &records, "registry.example/go").unwrap());
    let key_file = folder.path().join("key");
    neglist::journal::sign_head(&root, &key(), &key_file, true).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/main.go");
    let log = LogKey::of_log("registry.example/go", &key()).to_string();
    let mut command = Command::new(go);
    command.env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode").env("GOFLAGS", "");
    let said =
        run(command.env("GOCACHE", folder.path().join("cache")).arg("run").arg(program).arg(log).arg(root.join("log")));
    assert_eq!(said, "registry.example/go: 700 entries included, 700 heads consistent\n");
}

/// A restored backup, a second copy, a key without its memory: nothing that
/// could be a fork is signed.
#[test]
fn a_key_signs_one_history() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    let sign = |root: &Path, is_first| neglist::journal::sign_head(root, &key(), &key_file, is_first);
    let records = common::short_records("registry.example/one", 12);
    let made = |name: &str, many: usize| {
        let root = folder.path().join(name);
        drop(neglist::registry::Publisher::create(&root, &records[..many], "registry.example/one").unwrap());
        root
    };
    let (early, late) = (made("early", 8), made("late", 12));
    assert!(matches!(sign(&early, false), Err(SignError::NoMemory(_))));
    assert_eq!(sign(&early, true).unwrap().0.size, 8);
    assert!(matches!(sign(&early, true), Err(SignError::NotFirst(_))));
    // Signed again it is the same, to the byte.
    let again = sign(&early, false).unwrap().1;
    assert_eq!(Some(again), neglist::journal::signed_checkpoint(&early).unwrap());
    assert_eq!(sign(&late, false).unwrap().0.size, 12);
    // The backup.
    assert!(matches!(sign(&early, false), Err(SignError::Fork { signed: 12, found: 8 })));
    // Another history of the same name, as long or longer.
    let other: Vec<_> = common::short_records("registry.example/one", 14);
    let root = folder.path().join("other");
    let mut publisher = neglist::registry::Publisher::create(&root, &other[..7], "registry.example/one").unwrap();
    for number in 100..107 {
        publisher.publish(common::release(number), "2026-02-02T00:00:00Z").unwrap();
    }
    drop(publisher);
    assert!(matches!(sign(&root, false), Err(SignError::Fork { signed: 12, .. })));
    // The memory of another key.
    let stranger = SecretKey::from_seed(&[8; 32]);
    let by_stranger = neglist::journal::sign_head(&late, &stranger, &key_file, false);
    assert!(matches!(by_stranger, Err(SignError::Memory { .. })));
}

/// Whoever verifies has the receipt and the key: no registry, no folder of their
/// own, no variable of the environment.
#[test]
fn a_receipt_is_verified_on_a_machine_without_a_registry() {
    let folder = tempfile::tempdir().unwrap();
    let (home, elsewhere) = (folder.path().join("home"), folder.path().join("elsewhere"));
    fs::create_dir(&home).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    let receipt = elsewhere.join("r.json");
    let key = include_str!("../snapshots/bundled.vkey").trim();
    let neglist = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_neglist"));
        command.env_clear().current_dir(&elsewhere);
        command
    };
    let asked = neglist()
        .env("HOME", &home)
        .args("ask --from CN-TJ-FTZ --to SG --category commercial --at 2024-06-01 --ordinary".split(' '))
        .args(["--fact", "sector=retail", "--receipt"])
        .arg(&receipt)
        .output()
        .unwrap();
    assert!(receipt.exists(), "{}", String::from_utf8_lossy(&asked.stderr));
    fs::remove_dir_all(&home).unwrap();
    let verified = neglist().args(["verify", "r.json", "--key", key, "--format", "json"]).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));
    let document: Json = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(document["proven"], json!(true));
    // The entries that might restrict it restrict parts of it; of the category
    // itself nothing is on a list.
    let matched = document["answer"]["matches"].as_array().unwrap();
    let narrower = |it: &Json| it["residual"].as_array().unwrap().iter().any(|it| text(it).starts_with("includes "));
    assert!(matched.iter().all(|it| it["effect"] == "notice" || narrower(it)), "{matched:#?}");
    let files: Vec<_> = fs::read_dir(&elsewhere).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(files, ["r.json"]);
    // Another key, and a changed byte: exit code 3.
    let stranger = policy_for("neglist/bundled").log.to_string();
    let refused = neglist().args(["verify", "r.json", "--key", &stranger]).output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
    let mut changed = fs::read(&receipt).unwrap();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&receipt, changed).unwrap();
    let refused = neglist().args(["verify", "r.json", "--key", key]).output().unwrap();
    assert_eq!(refused.status.code(), Some(3), "{}", String::from_utf8_lossy(&refused.stdout));
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

#[test]
fn the_readme_names_the_key_of_the_bundled_log() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains(include_str!("../snapshots/bundled.vkey").trim()));
}
