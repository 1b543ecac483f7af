//! What it costs to read a question from JSON and to write an answer:
//! `cargo bench --bench answer`. Questions are those of the open exam, asked
//! of the bundled registry.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a program that measures"
)]

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{bundled, is_only_built};
use neglist::canon::{exam_from_json, question_from_json, question_json, write_answer, write_brief};
use neglist::evaluate::answer;

const ROUNDS: usize = 21;
const REPEATS: usize = 200;

/// A question that states eight facts.
const EIGHT_FACTS: &str = r#"{"id":"q-000001","from":"US","to":"CN","items":[{"category":"personal.health.genomic","subjects":101}],"at":"2025-04-08","known_on":null,"facts":{"transaction":"data-brokerage","exporter.ciio":false,"cisa-controls":true,"sector":"retail","consent":true,"operation":"transfer","standard-contract":true,"certification":false},"ordinary":false}"#;

fn main() {
    if is_only_built() {
        return;
    }
    let state = bundled();
    let exam = std::fs::read_to_string("tests/exam/open.jsonl").unwrap();
    let questions: Vec<_> = exam.lines().map(|it| exam_from_json(it).unwrap().question).collect();
    let lines: Vec<_> = questions.iter().map(|it| question_json(it).to_string()).collect();
    let answers: Vec<_> = questions.iter().map(|it| answer(&state, it)).collect();
    let mut out = Vec::new();
    answers.iter().for_each(|it| write_answer(&mut out, it, &state.head));
    println!("{} questions, answers of {} bytes on average", lines.len(), out.len() / answers.len());

    each("read a question of the exam", lines.len(), || {
        lines.iter().for_each(|it| drop(black_box(question_from_json(it).unwrap())));
    });
    each("read a question with eight facts", REPEATS, || {
        (0..REPEATS).for_each(|_| drop(black_box(question_from_json(black_box(EIGHT_FACTS)).unwrap())));
    });
    each("write an answer", answers.len(), || {
        answers.iter().for_each(|it| {
            out.clear();
            write_answer(&mut out, it, &state.head);
            black_box(&out);
        });
    });
    each("write the outcome alone", answers.len(), || {
        answers.iter().for_each(|it| {
            out.clear();
            write_brief(&mut out, Some("q-000001"), it.brief());
            black_box(&out);
        });
    });
    each("answer a question, for comparison", questions.len(), || {
        questions.iter().for_each(|it| drop(black_box(answer(&state, it))));
    });
}

/// Measures something that is done so many times in a run.
fn each(what: &str, times: usize, mut run: impl FnMut()) {
    run();
    let mut found: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_nanos() as f64 / times as f64
        })
        .collect();
    found.sort_by(f64::total_cmp);
    println!("{what:<40} best {:>10.0} ns   median {:>10.0} ns", found[0], found[ROUNDS / 2]);
}
