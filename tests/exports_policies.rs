//! What policy engines make of an export is what the registry answers.
//!
//! The engines are not ours. `NEGLIST_REGO` names the program that asks regorus,
//! which is built in `tests/interop/rego/`; `NEGLIST_PYTHON` runs the script that
//! asks Cedar. Without the variables these tests do not run.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/worlds.rs"]
mod worlds;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use common::chains_of;
use common::process::program;
use neglist::canon::{answer_json, exam_from_json, question_json};
use neglist::catalog::read_folder;
use neglist::evaluate::answer;
use neglist::export::{cedar_policies, opa_bundle};
use neglist::model::fact::SUBJECTS;
use neglist::model::{
    Alternative, At, Condition, Count, Destinations, Effect, Fact, FactKind, KnownOn, List, Outcome, Question, Role,
    Scope, State, Subjects, Value,
};
use neglist::registry::records_of;
use proptest::collection::vec;
use serde_json::{Value as Json, json};
use worlds::{any_question, any_state, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn bundled() -> State {
    let sources = read_folder(&root().join("catalog")).unwrap();
    chains_of(&records_of(&sources).unwrap().1).state().unwrap()
}

fn exam() -> Vec<Question> {
    let text = fs::read_to_string(root().join("tests/exam/open.jsonl")).unwrap();
    text.lines().filter(|it| !it.trim().is_empty()).map(|it| exam_from_json(it).unwrap().question).collect()
}

/// The questions of the exam, and others that differ from them in one thing.
fn questions() -> Vec<Question> {
    let exam = exam();
    let days = ["2017-05-31", "2021-11-01", "2023-06-01", "2024-03-22", "2025-04-08", "2026-11-01", "2031-01-01"];
    let places = ["US", "CN", "HK", "EEA", "DE", "SG", "org:EPO", "CN-BJ-FTZ"];
    let mut questions = exam.clone();
    for (number, question) in exam.iter().enumerate() {
        let day = days[number % days.len()].parse().unwrap();
        let place = places[number % places.len()].parse().unwrap();
        let next = &exam[(number + 1) % exam.len()];
        let mut fewer = question.facts.clone();
        fewer.pop_first();
        let items = question.items.iter().chain(&next.items).cloned().collect();
        questions.extend([
            Question { ordinary: !question.ordinary, ..question.clone() },
            Question { facts: BTreeMap::new(), ordinary: false, ..question.clone() },
            Question { facts: fewer, ..question.clone() },
            Question { facts: next.facts.clone(), items, ..question.clone() },
            match number % 4 {
                0 => Question { to: None, ..question.clone() },
                1 => Question { known_on: Some(KnownOn(day)), ..question.clone() },
                2 => Question { from: place, ..question.clone() },
                _ => Question { to: Some(place), ..question.clone() },
            },
            Question { at: At(day), ..question.clone() },
        ]);
    }
    questions
}

/// Returns a line for each question: itself, and what the registry answers.
fn lines(state: &State, questions: &[Question], seen: &mut BTreeMap<(Outcome, Outcome), usize>) -> String {
    let line = |asked: &Question| {
        let is_mistaken = !state.mistakes(asked).is_empty();
        let found = answer(state, asked);
        *seen.entry((found.floor, found.outcome)).or_default() += 1;
        let (question, answer) = (question_json(asked), answer_json(&found, &state.head));
        let is_stated = is_stated(state, asked);
        let case = json!({"question": question, "answer": answer, "is_mistaken": is_mistaken, "is_stated": is_stated});
        case.to_string() + "\n"
    };
    questions.iter().map(line).collect()
}

/// Returns whether a question about one item leaves nothing open.
fn is_stated(state: &State, question: &Question) -> bool {
    let circumstances =
        state.vocabulary.iter().filter(|it| it.role == Role::Circumstance && it.id.as_str() != SUBJECTS);
    let [item] = question.items.as_slice() else { return false };
    let is_counted = matches!(item.subjects, Some(Subjects::Each(_)));
    let is_left_to_be_no = |it: &Fact| question.ordinary && it.kind == FactKind::Flag;
    question.to.is_some()
        && is_counted
        && circumstances.into_iter().all(|it| is_left_to_be_no(it) || question.facts.contains_key(&it.id))
}

/// States everything that a question leaves open, one way or another, with some
/// mechanisms in place and some exemptions claimed.
fn stated(state: &State, question: &Question, number: usize) -> Question {
    let count = |place: usize| Count::new([0, 500, 20_000, 5_000_000][place % 4]).unwrap();
    let mut question = question.clone();
    question.to.get_or_insert_with(|| "DE".parse().unwrap());
    for item in question.items.iter_mut().filter(|it| !matches!(it.subjects, Some(Subjects::Each(_)))) {
        item.subjects = Some(Subjects::Each(count(number)));
    }
    for (place, fact) in state.vocabulary.iter().enumerate().filter(|(_, it)| it.id.as_str() != SUBJECTS) {
        let turn = number + place;
        let value = match (fact.role, &fact.kind) {
            (Role::Duty, _) => continue,
            (Role::Mechanism, _) => Value::Flag(turn.is_multiple_of(5)),
            (Role::Exemption, _) => Value::Flag(turn.is_multiple_of(29)),
            (Role::Circumstance, FactKind::Flag) => Value::Flag(turn.is_multiple_of(11)),
            (Role::Circumstance, FactKind::Count) => Value::Count(count(turn)),
            (Role::Circumstance, FactKind::Choice(among)) => {
                Value::Choice(among.iter().nth(turn % among.len()).unwrap().clone())
            }
        };
        question.facts.entry(fact.id.clone()).or_insert(value);
    }
    question
}

/// Questions that nobody can answer: each with a slip of another kind.
fn mistaken() -> String {
    let good = json!({"from": "CN", "to": "DE", "items": [{"category": "personal"}], "at": "2024-06-01", "facts": {}});
    let slips = [
        ("from", json!("XX")),
        ("from", Json::Null),
        ("to", json!("cn")),
        ("at", json!("2024-02-30")),
        ("at", json!("2024-6-1")),
        ("at", Json::Null),
        ("known_on", json!("today")),
        ("items", json!([])),
        ("items", json!({"category": "personal"})),
        ("items", json!(["personal"])),
        ("items", json!([{"category": "personel"}])),
        ("items", json!([{"category": "personal", "subject": 5}])),
        ("items", json!([{"category": "personal", "subjects": -1}])),
        ("items", json!([{"category": "personal", "subjects": 1.5}])),
        ("items", json!([{"category": "personal", "subjects": {"calender-year": 5}}])),
        ("items", json!([{"category": "personal", "subjects": {"since-previous-year": 1, "calendar-year": 2}}])),
        ("facts", json!([])),
        ("facts", json!({"exporter.cii": true})),
        ("facts", json!({"exporter.ciio": "no"})),
        ("facts", json!({"exporter.subjects-processed": true})),
        ("facts", json!({"sector": "retial"})),
        ("facts", json!({"subjects": 5})),
        ("facts", json!({"separate-consent": true})),
        ("ordinari", json!(true)),
        ("ordinary", json!("yes")),
    ];
    let line = |(key, value): (&str, Json)| {
        let mut question = good.clone();
        question.as_object_mut().unwrap().insert(key.to_owned(), value);
        json!({"question": question, "is_mistaken": true}).to_string() + "\n"
    };
    slips.into_iter().map(line).collect()
}

/// Writes a folder for an engine: what was exported, and the questions.
fn write(folder: &Path, files: &[(String, Vec<u8>)], lines: &str) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    fs::write(folder.join("questions.ndjson"), lines).unwrap();
}

/// Returns a script, to be run by Python.
fn script(python: &str, name: &str) -> Command {
    let mut script = Command::new(python);
    script.arg(root().join("tests/interop").join(name));
    script
}

/// Has an engine asked what lies in folders, and returns what it says.
fn ask(mut engine: Command, folders: &[PathBuf]) -> String {
    let said = engine.args(folders).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    text
}

#[test]
fn a_rego_engine_answers_from_the_bundled_registry_alike() {
    let Some(rego) = program("NEGLIST_REGO") else { return };
    let (state, questions) = (bundled(), questions());
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeMap::new();
    let lines = lines(&state, &questions, &mut seen) + &mistaken();
    write(folder.path(), &opa_bundle(&state), &lines);
    let said = ask(Command::new(&rego), &[folder.path().to_owned()]);
    assert_eq!(said.trim(), format!("{} answers are the same", lines.lines().count()));
    // Something of everything was asked.
    assert!(Outcome::ALL.iter().all(|it| seen.contains_key(&(*it, *it))), "{seen:?}");
    assert!(50 < seen.iter().filter(|((floor, outcome), _)| floor < outcome).map(|(_, it)| it).sum::<usize>());
}

/// Made worlds collide where the law does not: lists that displace one another,
/// categories that were split, thresholds that are combined.
#[test]
fn a_rego_engine_answers_from_made_registries_alike() {
    const WORLDS: u32 = 60;
    const QUESTIONS: usize = 25;
    let Some(rego) = program("NEGLIST_REGO") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (folders, seen) = (RefCell::new(Vec::new()), RefCell::new(BTreeMap::new()));
    run(WORLDS, &(any_state(), vec(any_question(), QUESTIONS)), |(state, questions)| {
        let path = folder.path().join(folders.borrow().len().to_string());
        write(&path, &opa_bundle(&state), &lines(&state, &questions, &mut seen.borrow_mut()));
        folders.borrow_mut().push(path);
        Ok(())
    });
    let said = ask(Command::new(&rego), &folders.into_inner());
    assert_eq!(said.trim(), format!("{} answers are the same", WORLDS as usize * QUESTIONS));
    let seen: BTreeSet<_> = seen.into_inner().into_keys().collect();
    assert!(8 <= seen.len(), "{seen:?}");
}

/// Where too many facts would have to be tried together, the policy does not try:
/// two ways that are never both closed count as ways that may be.
#[test]
fn a_rego_engine_is_stricter_where_too_much_is_open_at_once() {
    let Some(rego) = program("NEGLIST_REGO") else { return };
    let mut state = bundled();
    let question = Question { facts: BTreeMap::new(), ordinary: false, ..exam()[0].clone() };
    // One list, with one revision, is enough.
    let list = state.lists.values().find(|it| it.id.is_of(&question.from)).cloned().unwrap();
    let revisions = list.revisions.iter().take(1).cloned().collect();
    state.lists = BTreeMap::from([(list.id.clone(), Arc::new(List { id: list.id.clone(), revisions }))]);
    let is_open = |it: &&Fact| it.role == Role::Circumstance && it.kind == FactKind::Flag;
    let flags: Vec<_> = state.vocabulary.iter().filter(is_open).map(|it| it.id.clone()).collect();
    let way = |when: &[(usize, bool)]| Alternative {
        all: BTreeSet::from(["standard-contract".parse().unwrap()]),
        when: when.iter().map(|(place, it)| (flags[*place].clone(), Condition::Flag(*it))).collect(),
    };
    let both = vec![way(&[(0, true)]), way(&[(0, false)])];
    let many = (0..5).map(|turn| way(&[1, 2, 3, 4, 5, 6, 7].map(|it| (it, it % 5 == turn))));
    let folder = tempfile::tempdir().unwrap();
    let mut folders = Vec::new();
    for (name, ways, outcome) in [
        ("exact", both.clone(), Outcome::Conditional),
        ("strict", both.into_iter().chain(many).collect(), Outcome::Prohibited),
    ] {
        let revision = &mut Arc::make_mut(state.lists.values_mut().next().unwrap()).revisions[0].revision;
        let mut entry = Arc::unwrap_or_clone(revision.entries.values().next().unwrap().clone());
        entry.effect = Effect::Conditional(ways);
        (entry.to, entry.when, entry.combine) = (Destinations::Any, BTreeMap::new(), None);
        entry.categories = question.items.iter().map(|it| it.category.clone()).collect();
        (entry.except, entry.exemptions) = (BTreeSet::new(), BTreeSet::new());
        (revision.scope, revision.applies_to) = (Scope::All, Destinations::Any);
        (revision.applies_when, revision.effective) = (BTreeMap::new(), Some("2017-06-01".parse().unwrap()));
        revision.entries = std::iter::once((entry.id.clone(), Arc::new(entry))).collect();
        let found = answer(&state, &question);
        assert_eq!(found.outcome, Outcome::Conditional, "{name}");
        let mut expected = answer_json(&found, &state.head);
        expected["outcome"] = json!(outcome.word());
        expected["decided"] = json!(found.floor == outcome);
        let line = json!({"question": question_json(&question), "answer": expected, "is_mistaken": false});
        let path = folder.path().join(name);
        write(&path, &opa_bundle(&state), &line.to_string());
        folders.push(path);
    }
    assert_eq!(ask(Command::new(&rego), &folders).trim(), "2 answers are the same");
}

/// Writes a folder for each day that questions are about.
fn write_days(folder: &Path, state: &State, questions: Vec<Question>, seen: &mut BTreeMap<(Outcome, Outcome), usize>) {
    let mut days: BTreeMap<At, Vec<Question>> = BTreeMap::new();
    // What was known on another day is not exported, and mistakes are met by the
    // schema.
    for it in questions.into_iter().filter(|it| it.known_on.is_none() && state.mistakes(it).is_empty()) {
        days.entry(it.at).or_default().push(it);
    }
    for (day, questions) in days {
        write(&folder.join(day.to_string()), &cedar_policies(state, day), &lines(state, &questions, seen));
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    folders
}

#[test]
fn cedar_decides_on_the_bundled_registry_alike() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let state = bundled();
    // Each day is an export of its own: those of the exam are enough.
    let days: BTreeSet<_> = exam().iter().map(|it| it.at).collect();
    let open: Vec<_> = questions().into_iter().filter(|it| days.contains(&it.at)).collect();
    let mut asked = open.clone();
    asked.extend(open.iter().enumerate().map(|(number, it)| stated(&state, it, number)));
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeMap::new();
    write_days(folder.path(), &state, asked, &mut seen);
    // Words that are not known are never a yes.
    let good = &exam()[0];
    let day = folder.path().join(good.at.to_string());
    let mut lines = fs::read_to_string(day.join("questions.ndjson")).unwrap();
    assert!(answer(&state, good).outcome.permits());
    for (key, value) in [
        ("from", json!("XX")),
        ("to", json!("XX")),
        ("items", json!([{"category": "personel"}])),
        ("items", json!([{"category": "personal", "subjects": -1}])),
        ("facts", json!({"sector": "retial"})),
    ] {
        let mut question = question_json(good);
        question.as_object_mut().unwrap().insert(key.to_owned(), value);
        lines +=
            &(json!({"question": question, "answer": {"outcome": "unknown"}, "is_stated": true}).to_string() + "\n");
    }
    fs::write(day.join("questions.ndjson"), lines).unwrap();
    let said = ask(script(&python, "cedar.py"), &folders_in(folder.path()));
    let [same, stricter, wrong] = counted(&said);
    // What is left open may be met more strictly, and hardly ever is.
    assert!(1_200 < same && stricter * 50 < same && wrong == 0, "{said}");
    assert!(Outcome::ALL.iter().all(|it| seen.contains_key(&(*it, *it))), "{seen:?}");
}

#[test]
fn cedar_decides_on_made_registries_alike() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let folder = tempfile::tempdir().unwrap();
    let worlds = RefCell::new(Vec::new());
    run(60, &(any_state(), vec(any_question(), 25)), |(state, mut questions)| {
        questions.extend(questions.clone().iter().enumerate().map(|(number, it)| stated(&state, it, number)));
        let path = folder.path().join(worlds.borrow().len().to_string());
        write_days(&path, &state, questions, &mut BTreeMap::new());
        worlds.borrow_mut().push(path);
        Ok(())
    });
    let folders: Vec<_> = worlds.into_inner().iter().flat_map(|it| folders_in(it)).collect();
    let said = ask(script(&python, "cedar.py"), &folders);
    let [same, stricter, wrong] = counted(&said);
    assert!(2_000 < same && stricter < same / 10 && wrong == 0, "{said}");
}

/// Returns the three numbers that a script counted.
fn counted(said: &str) -> [usize; 3] {
    let numbers: Vec<_> = said.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    numbers.try_into().unwrap()
}
