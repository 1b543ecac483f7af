//! Questions about real law with the answers that are expected, asked of the
//! bundled lists. `docs/exam.md` has the format, and what the score means.

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "the score is for people")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use neglist::canon::{Chains, ExamQuestion, answer_json, exam_from_json, question_from_json, write_answer};
use neglist::catalog::read_folder;
use neglist::evaluate::answer;
use neglist::model::State;
use neglist::registry::records_of;

/// Questions on which our reading of the law is another, each with the
/// article. Whoever adds one here says why.
const KNOWN_DIFFERENCES: &[(&str, &str)] = &[];

/// The share of expected answers below which the lists are not good enough,
/// in hundredths.
const LEAST: usize = 95;

#[test]
fn the_open_exam_is_passed() {
    let state = bundled();
    let questions = questions();
    let known: BTreeSet<_> = KNOWN_DIFFERENCES.iter().map(|(id, _)| *id).collect();
    let mut by_place: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for exam in &questions {
        assert_eq!(state.mistakes(&exam.question), [], "{}", exam.id);
        let answer = answer(&state, &exam.question);
        let is_met = exam.expect.is_met_by(&answer);
        let (met, asked) = by_place.entry(exam.place()).or_default();
        (*met, *asked) = (*met + usize::from(is_met), *asked + 1);
        if !is_met {
            let (id, basis, expected) = (&exam.id, &exam.basis, &exam.expect);
            let (outcome, requires) = (answer.outcome.word(), &answer.requires);
            missed.push((
                exam.id.as_str(),
                format!("{id} ({basis}): expected {expected:?}, found {outcome} with {requires:?}"),
            ));
        }
    }
    let score: Vec<_> = by_place.iter().map(|(place, (met, asked))| format!("{place} {met}/{asked}")).collect();
    println!("{}", score.join(", "));
    let surprises: Vec<_> = missed.iter().filter(|(id, _)| !known.contains(id)).map(|(_, it)| it.as_str()).collect();
    assert!(surprises.is_empty(), "{}\n\n{}", score.join(", "), surprises.join("\n"));
    let met = questions.len() - missed.len();
    assert!(LEAST * questions.len() <= 100 * met, "{met} of {} agree: {}", questions.len(), score.join(", "));
    // A difference that is none any more is taken off the table.
    let missed: BTreeSet<_> = missed.iter().map(|(id, _)| *id).collect();
    assert_eq!(known.difference(&missed).collect::<Vec<_>>(), [&""; 0]);
}

/// Batches write bytes, and `ask` shows a tree: both are the same.
#[test]
fn an_answer_is_written_as_its_tree_is() {
    let state = bundled();
    for exam in questions() {
        let answer = answer(&state, &exam.question);
        let mut written = Vec::new();
        write_answer(&mut written, &answer, &state.head);
        let tree = answer_json(&answer, &state.head);
        assert_eq!(String::from_utf8(written).unwrap(), tree.to_string(), "{}", exam.id);
        assert_eq!(question_from_json(&tree["question"].to_string()).unwrap(), exam.question);
    }
}

#[test]
fn an_exam_asks_each_question_once_and_every_outcome() {
    let questions = questions();
    let ids: BTreeSet<_> = questions.iter().map(|it| &it.id).collect();
    assert_eq!(ids.len(), questions.len());
    let outcomes: BTreeSet<_> = questions.iter().map(|it| it.expect.outcome).collect();
    assert_eq!(outcomes.len(), 4);
}

fn questions() -> Vec<ExamQuestion> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exam/open.jsonl");
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|it| exam_from_json(it).unwrap()).collect()
}

fn bundled() -> State {
    let sources = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog")).unwrap();
    let (_, records) = records_of(&sources).unwrap();
    records.into_iter().fold(Chains::default(), Chains::append).state().unwrap()
}
