//! What policy engines make of an export is what the registry answers.
//!
//! The engines are not ours: `tests/interop/` has a script for each, which
//! `NEGLIST_PYTHON` runs. Without the variable these tests do not run.

#![expect(clippy::disallowed_methods, reason = "tests")]

mod common;
#[path = "common/worlds.rs"]
mod worlds;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::chains_of;
use common::process::program;
use neglist::canon::{answer_json, exam_from_json, question_json};
use neglist::catalog::read_folder;
use neglist::evaluate::answer;
use neglist::export::opa_bundle;
use neglist::model::{At, KnownOn, Outcome, Question, State};
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
    let line = |question: &Question| {
        let is_mistaken = !state.mistakes(question).is_empty();
        let found = answer(state, question);
        *seen.entry((found.floor, found.outcome)).or_default() += 1;
        let answer: Json = answer_json(&found, &state.head);
        json!({"question": question_json(question), "answer": answer, "is_mistaken": is_mistaken}).to_string() + "\n"
    };
    questions.iter().map(line).collect()
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
        ("items", json!([{"category": "personel"}])),
        ("items", json!([{"category": "personal", "subject": 5}])),
        ("items", json!([{"category": "personal", "subjects": -1}])),
        ("items", json!([{"category": "personal", "subjects": 1.5}])),
        ("items", json!([{"category": "personal", "subjects": {"calender-year": 5}}])),
        ("items", json!([{"category": "personal", "subjects": {"since-previous-year": 1, "calendar-year": 2}}])),
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

/// Has a script ask an engine, and returns what it says.
fn ask(python: &str, script: &str, folders: &[PathBuf]) -> String {
    let said = Command::new(python).arg(root().join("tests/interop").join(script)).args(folders).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    text
}

#[test]
fn a_rego_engine_answers_from_the_bundled_registry_alike() {
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let (state, questions) = (bundled(), questions());
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeMap::new();
    let lines = lines(&state, &questions, &mut seen) + &mistaken();
    write(folder.path(), &opa_bundle(&state), &lines);
    let said = ask(&python, "rego.py", &[folder.path().to_owned()]);
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
    let Some(python) = program("NEGLIST_PYTHON") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (folders, seen) = (RefCell::new(Vec::new()), RefCell::new(BTreeMap::new()));
    run(WORLDS, &(any_state(), vec(any_question(), QUESTIONS)), |(state, questions)| {
        let path = folder.path().join(folders.borrow().len().to_string());
        write(&path, &opa_bundle(&state), &lines(&state, &questions, &mut seen.borrow_mut()));
        folders.borrow_mut().push(path);
        Ok(())
    });
    let said = ask(&python, "rego.py", &folders.into_inner());
    assert_eq!(said.trim(), format!("{} answers are the same", WORLDS as usize * QUESTIONS));
    let seen: BTreeSet<_> = seen.into_inner().into_keys().collect();
    assert!(8 <= seen.len(), "{seen:?}");
}
