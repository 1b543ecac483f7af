//! What is exported as linked data and as schemas, read by tools that are not
//! ours (`NEGLIST_PYTHON` names an interpreter that has `rdflib`, `pyshacl` and
//! `jsonschema`): `tests/interop` says what they look at.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::process::{neglist, said};
use neglist::canon::{answer_json, exam_from_json, question_from_json, question_json};
use neglist::catalog::{read_draft_against, read_folder};
use neglist::evaluate::answer;
use neglist::journal::{keep_checkpoint, snapshot};
use neglist::model::{
    At, Condition, Count, Destinations, Effect, EntryId, FactId, FactKind, InForce, Item, Jurisdiction, ListId,
    Outcome, PlaceKind, Question, Role, State, Subjects, Value,
};
use neglist::registry::{Publisher, Registry, records_of};
use serde_json::{Value as Json, json};

/// What is in force on this day is exported as policies.
const DAY: &str = "2026-07-01";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes the bundled registry in a folder.
fn bundled(root: &Path) -> PathBuf {
    let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(Publisher::create(root, &unpacked.records, &unpacked.head.origin).unwrap());
    keep_checkpoint(root, include_str!("../snapshots/bundled.checkpoint")).unwrap();
    root.to_owned()
}

/// Makes the small registry in a folder, with a release in which ids are gone.
fn small(root: &Path) -> PathBuf {
    let folder = tempfile::tempdir().unwrap();
    common::copy_folder(&common::small_catalog(), folder.path());
    fs::copy("tests/interop/categories.toml", folder.path().join("categories/2.0.0.toml")).unwrap();
    let (head, records) = records_of(&read_folder(folder.path()).unwrap()).unwrap();
    drop(Publisher::create(root, &records, &head.origin).unwrap());
    root.to_owned()
}

/// Writes every graph of a registry to a folder, with what is to be counted.
fn write_graphs(registry: &Path, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for kind in ["skos", "dcat", "odrl", "vocabulary"] {
        for (syntax, ending) in [("turtle", "ttl"), ("json-ld", "jsonld")] {
            let file = folder.join(format!("{kind}.{ending}"));
            let mut arguments = vec!["--registry", text(registry), "export", kind, "--as", syntax, text(&file)];
            if kind == "odrl" {
                arguments.extend(["--at", DAY]);
            }
            assert_eq!(said(&arguments), (0, String::new()));
        }
    }
    let state = Registry::open(registry).unwrap();
    fs::write(folder.join("expected.json"), expected(state.state()).to_string()).unwrap();
}

/// What a graph must have as many of.
fn expected(state: &State) -> Json {
    let revisions = || state.lists.values().flat_map(|it| &it.revisions);
    let in_force: Vec<_> = state
        .lists
        .values()
        .filter_map(|it| match it.in_force(DAY.parse().unwrap(), None) {
            InForce::Yes(issued) => Some(&issued.revision),
            InForce::NotYet | InForce::Lapsed(_) => None,
        })
        .collect();
    let of =
        |word: &str| in_force.iter().flat_map(|it| it.entries.values()).filter(|it| it.effect.word() == word).count();
    let ever = state.lists.values().flat_map(|list| {
        list.revisions.iter().filter(|it| {
            let day = it.revision.effective.map(|it| At(it.0));
            day.is_some_and(|day| matches!(list.in_force(day, None), InForce::Yes(yes) if yes.sequence == it.sequence))
        })
    });
    json!({
        "categories": state.categories.iter().count() + state.categories.all_former().count(),
        "facts": state.vocabulary.iter().count() + state.vocabulary.windows().count() + Role::ALL.len(),
        "places": state.places.iter().count(),
        "memberships": state.places.iter().map(|it| it.members.len()).sum::<usize>(),
        "lists": state.lists.len(),
        "revisions": revisions().count(),
        "revisions_ever_in_force": ever.count(),
        "lists_in_force": in_force.len(),
        "entries_in_force": in_force.iter().map(|it| it.entries.len()).sum::<usize>(),
        "prohibited": of(Effect::Prohibited.word()),
        "conditional": of("conditional"),
        "undetermined": of(Effect::Undetermined.word()),
        "notice": of(Effect::Notice.word()),
    })
}

#[test]
fn one_registry_has_one_export_under_names_that_one_may_choose() {
    let folder = tempfile::tempdir().unwrap();
    let registry = small(&folder.path().join("registry"));
    let export = |arguments: &[&str]| said(&[&["--registry", text(&registry), "export"], arguments].concat());
    for kind in ["skos", "dcat", "odrl", "vocabulary"] {
        let (code, first) = export(&[kind]);
        assert_eq!(code, 0, "{first}");
        assert_eq!(export(&[kind]), (0, first.clone()));
        assert!(first.contains("@prefix neglist: <urn:x-neglist:term:> ."), "{first}");
    }
    let (_, graph) = export(&["skos", "--base", "https://lists.example/"]);
    assert!(graph.contains("@prefix category: <https://lists.example/category/> ."), "{graph}");
    assert!(!graph.contains("urn:x-neglist:example.org"), "{graph}");
    let (code, message) = export(&["dcat", "--base", "lists.example"]);
    assert_eq!(code, 2);
    assert!(message.contains("expected an absolute IRI"), "{message}");
    let (code, message) = export(&["odrl", "--at", "tomorrow"]);
    assert_eq!(code, 2);
    assert!(message.contains("`tomorrow` is not a date"), "{message}");
    let (code, message) = export(&["schemas", "--print", "questoin"]);
    assert_eq!(code, 2);
    assert!(message.contains("did you mean `question`?"), "{message}");
}

#[test]
fn strangers_read_one_graph_in_both_syntaxes_and_find_what_the_registry_has() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    write_graphs(&bundled(&folder.path().join("bundled-registry")), &folder.path().join("bundled"));
    write_graphs(&small(&folder.path().join("small-registry")), &folder.path().join("small"));
    judge(&python, "graphs", folder.path());
}

#[test]
fn strangers_take_by_the_schemas_what_we_take_and_refuse_what_is_broken() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let registry = bundled(&folder.path().join("registry"));
    assert_eq!(said(&["export", "schemas", text(&folder.path().join("schemas"))]), (0, String::new()));
    let opened = Registry::open(&registry).unwrap();
    let state = opened.state();
    let exam = fs::read_to_string("tests/exam/open.jsonl").unwrap();
    let exam: Vec<_> =
        exam.lines().filter(|it| !it.is_empty()).map(|it| exam_from_json(it).unwrap().question).collect();
    let mut answers = Vec::new();
    for question in &exam {
        // Asked with everything left open, more depends on more.
        let open =
            format!(r#"{{"from":"{}","items":[{{"category":"personal"}}],"at":"{}"}}"#, question.from, question.at);
        for question in [question, &question_from_json(&open).unwrap()] {
            answers.push(answer_json(&answer(state, question), &state.head).to_string());
        }
    }
    fs::write(folder.path().join("answer.jsonl"), answers.join("\n")).unwrap();
    let mut receipts = Vec::new();
    for (number, question) in exam.iter().enumerate().step_by(12) {
        let file = folder.path().join(format!("{number}.json"));
        fs::write(&file, question_json(question).to_string()).unwrap();
        let arguments = ["--registry", text(&registry), "receipt", text(&file)];
        let output = neglist(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        receipts.extend(output.stdout);
    }
    fs::write(folder.path().join("receipt.jsonl"), receipts).unwrap();
    let mut lines = Vec::new();
    for more in [&[][..], &["--verdict-only"]] {
        let arguments = [&["--registry", text(&registry), "batch", "tests/cli/questions.ndjson"], more].concat();
        lines.extend(neglist(&arguments).output().unwrap().stdout);
    }
    fs::write(folder.path().join("batch-line.jsonl"), lines).unwrap();
    let records = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap().records;
    let vectors = fs::read("tests/vectors/journal.jsonl").unwrap();
    let records: Vec<_> = records.iter().flat_map(|it| [it.line(), b"\n"].concat()).chain(vectors).collect();
    fs::write(folder.path().join("record.jsonl"), records).unwrap();
    judge(&python, "schemas", folder.path());
}

/// A reader that shares no code with us, and knows the catalog and the policies
/// alone, comes to the outcomes of the registry.
#[test]
fn policies_say_enough_to_answer() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let registry = bundled(&folder.path().join("registry"));
    let export = |what: &[&str], file: &Path| {
        let arguments = [&["--registry", text(&registry), "export"], what, &["--as", "json-ld", text(file)]].concat();
        assert_eq!(said(&arguments), (0, String::new()));
    };
    let catalog = folder.path().join("catalog.jsonld");
    export(&["skos"], &catalog);
    let opened = Registry::open(&registry).unwrap();
    let (mut lines, mut expected) = (Vec::new(), Vec::new());
    for (at, questions) in asked_by_day(opened.state()) {
        let policies = folder.path().join(format!("{at}.jsonld"));
        export(&["odrl", "--at", &at], &policies);
        for question in questions {
            lines.push(json!({"question": question_json(&question), "policies": policies}).to_string());
            expected.push(opened.ask(&question).unwrap().outcome.word());
        }
    }
    let file = folder.path().join("questions.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/policies.py");
    let output = Command::new(python).arg(script).args([&catalog, &file]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).unwrap();
    let found: Vec<_> = found.lines().collect();
    assert_eq!(found.len(), expected.len());
    let other = |(line, it): (&String, (&&str, &&str))| (it.0 != it.1).then(|| format!("{it:?} {line}"));
    let others: Vec<_> = lines.iter().zip(found.iter().zip(&expected)).filter_map(other).collect();
    assert!(others.is_empty(), "found, expected:\n{}", others.join("\n"));
    // None of the outcomes comes by itself.
    for outcome in Outcome::ALL {
        assert!(20 < expected.iter().filter(|it| **it == outcome.word()).count(), "{}", outcome.word());
    }
}

/// Days on which made-up questions are asked.
const DAYS: [&str; 4] = ["2019-03-01", "2023-07-01", "2025-11-01", "2027-01-01"];

/// Questions of the exam, and made-up ones, by their day. What policies do not
/// say is not asked: several items, what was known earlier, and the way of a
/// bloc, which its members decide.
fn asked_by_day(state: &State) -> BTreeMap<String, Vec<Question>> {
    let mut by_day: BTreeMap<String, Vec<Question>> = BTreeMap::new();
    let is_bloc = |it: &Jurisdiction| state.places.find(it).is_none_or(|it| it.kind == PlaceKind::Bloc);
    let exam = fs::read_to_string("tests/exam/open.jsonl").unwrap();
    for line in exam.lines().filter(|it| !it.is_empty()) {
        let question = exam_from_json(line).unwrap().question;
        let is_one = question.items.len() == 1 && question.known_on.is_none();
        if is_one && !is_bloc(&question.from) && question.to.as_ref().is_some_and(|it| !is_bloc(it)) {
            by_day.entry(question.at.to_string()).or_default().push(question);
        }
    }
    // Each day is an export: some are enough.
    let mut number = 0;
    by_day.retain(|_, _| {
        number += 1;
        number % 6 == 0
    });
    let mut dice = common::Dice(1);
    let lists: BTreeSet<_> = state.lists.keys().map(ListId::jurisdiction).filter(|it| !is_bloc(it)).collect();
    let lists: Vec<_> = lists.into_iter().collect();
    for day in DAYS {
        let questions = (0..150).map(|_| made_up(state, &lists, day, &mut dice));
        by_day.entry(day.to_owned()).or_default().extend(questions);
    }
    let day = DAYS[2];
    by_day.entry(day.to_owned()).or_default().extend(at_borders(state, day, &is_bloc));
    by_day
}

/// For each entry in force a question that meets its conditions, and for each
/// of its numbers one on either side.
fn at_borders(state: &State, day: &str, is_bloc: &impl Fn(&Jurisdiction) -> bool) -> Vec<Question> {
    let mut questions = Vec::new();
    for list in state.lists.values().filter(|it| !is_bloc(&it.id.jurisdiction())) {
        let InForce::Yes(issued) = list.in_force(day.parse().unwrap(), None) else { continue };
        for entry in issued.revision.entries.values() {
            let to = match &entry.to {
                Destinations::Only(members) => issued.revision.codes(members).into_iter().find(|it| !is_bloc(it)),
                Destinations::Any | Destinations::Except(_) => None,
            };
            let mut question = Question {
                id: None,
                from: list.id.jurisdiction(),
                to: Some(to.unwrap_or_else(|| "BR".parse().unwrap())),
                items: vec![Item { category: entry.categories.first().unwrap().clone(), subjects: None }],
                at: day.parse().unwrap(),
                known_on: None,
                facts: BTreeMap::new(),
                ordinary: true,
            };
            let mut bounds = Vec::new();
            for (fact, condition) in issued.revision.applies_when.iter().chain(&entry.when) {
                let value = match condition {
                    Condition::Flag(expected) => Value::Flag(*expected),
                    Condition::Choice(among) => Value::Choice(among.first().unwrap().clone()),
                    Condition::Count(range, _) => {
                        bounds
                            .extend([Some(range.at_least()), range.below()].into_iter().flatten().map(|it| (fact, it)));
                        Value::Count(range.at_least())
                    }
                };
                state_fact(&mut question, fact, value);
            }
            questions.push(question.clone());
            for (fact, bound) in bounds {
                for number in [bound.number().saturating_sub(1), bound.number()] {
                    let mut question = question.clone();
                    state_fact(&mut question, fact, Value::Count(Count::new(number).unwrap()));
                    questions.push(question);
                }
            }
        }
    }
    questions
}

/// States a fact of a question, or how many people its item is about.
fn state_fact(question: &mut Question, fact: &FactId, value: Value) {
    match value {
        Value::Count(count) if fact.as_str() == "subjects" => question.items[0].subjects = Some(Subjects::Each(count)),
        Value::Flag(_) | Value::Choice(_) | Value::Count(_) => drop(question.facts.insert(fact.clone(), value)),
    }
}

/// Makes up a question that states some facts and leaves the others open.
fn made_up(state: &State, lists: &[Jurisdiction], day: &str, dice: &mut common::Dice) -> Question {
    let to = ["BR", "CH", "CN", "DE", "GB", "HK", "IN", "JP", "RU", "SG", "US", "US-TX"];
    let (to, from) = (pick(&to, dice).parse().unwrap(), pick(lists, dice).clone());
    let categories: Vec<_> = state.categories.iter().map(|it| &it.id).collect();
    let subjects = pick(&[None, Some(50), Some(101), Some(5000), Some(150_000), Some(2_000_000)], dice);
    let subjects = subjects.map(|it| Subjects::Each(Count::new(it).unwrap()));
    let mut facts = BTreeMap::new();
    for fact in state.vocabulary.iter().filter(|it| it.role != Role::Duty && it.id.as_str() != "subjects") {
        if dice.below(8) != 0 {
            continue;
        }
        let value = match &fact.kind {
            FactKind::Flag => Value::Flag(dice.below(2) == 0),
            FactKind::Count => Value::Count(Count::new(*pick(&[0, 5, 1000, 2_000_000], dice)).unwrap()),
            FactKind::Choice(among) => Value::Choice((*pick(&among.iter().collect::<Vec<_>>(), dice)).clone()),
        };
        facts.insert(fact.id.clone(), value);
    }
    Question {
        id: None,
        from,
        to: Some(to),
        items: vec![Item { category: (*pick(&categories, dice)).clone(), subjects }],
        at: day.parse().unwrap(),
        known_on: None,
        facts,
        ordinary: dice.below(2) == 0,
    }
}

fn pick<'a, T>(among: &'a [T], dice: &mut common::Dice) -> &'a T {
    &among[usize::try_from(dice.below(among.len() as u64)).unwrap()]
}

/// What the schemas are tried on is what the registry reads.
#[test]
fn the_longest_draft_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = common::small_registry(&folder.path().join("registry"));
    let state = publisher.chains().state().unwrap();
    let draft = read_draft_against(&fs::read_to_string("tests/interop/revision.toml").unwrap(), &state).unwrap();
    let entries: Vec<_> = draft.revision.entries.keys().map(EntryId::as_str).collect();
    // One of its own, and one that its base has.
    assert_eq!((entries, draft.expectations.len()), (vec!["ciio", "large"], 1));
}

#[expect(clippy::print_stderr, clippy::disallowed_macros, reason = "who runs the tests is told")]
fn python() -> Option<String> {
    let python = common::process::program("NEGLIST_PYTHON");
    if python.is_none() {
        eprintln!("NOT RUN: NEGLIST_PYTHON names no interpreter with rdflib, pyshacl and jsonschema");
    }
    python
}

/// Lets a program that is not ours look at a folder.
fn judge(python: &str, what: &str, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/exports.py");
    let output = Command::new(python).arg(script).args([what, text(folder)]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
