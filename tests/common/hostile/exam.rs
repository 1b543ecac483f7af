//! Exams: questions with the answers expected, a line each.

use neglist::canon::{exam_from_json, question_from_json, question_json};
use neglist::evaluate::answer;

use super::{file, is_said, state};

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match exam_from_json(text) {
        Err(message) => is_said(&message),
        Ok(exam) => {
            let again = question_from_json(&question_json(&exam.question).to_string()).unwrap();
            assert_eq!(again, exam.question);
            assert!(exam.id.starts_with(exam.place()));
            if state().mistakes(&exam.question).is_empty() {
                exam.expect.is_met_by(&answer(state(), &exam.question));
            }
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for name in ["tests/exam/open.jsonl", "tests/cli/exam.jsonl"] {
        let lines = file(name);
        let lines = lines.split(|it| *it == b'\n').filter(|it| !it.is_empty());
        seeds.extend(lines.take(60).map(<[u8]>::to_vec));
    }
    seeds
}
