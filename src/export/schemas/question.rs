//! Questions, flows, and the lines of exams.

use serde_json::{Value as Json, json};

use crate::export::schemas::part::{
    count, date, dotted, flag, map, name, nullable, object, one_of, place, set, some, text, words,
};
use crate::model::Outcome;

/// Returns the schema of a question.
pub(crate) fn question() -> Json {
    let days = [("at", date()), ("known_on?", nullable(&date()))];
    object(way().into_iter().chain(days).chain(facts()))
}

/// Returns the schema of a flow.
pub(super) fn flow() -> Json {
    object(way().into_iter().chain(facts()))
}

/// Returns the schema of a line of an exam.
pub(super) fn exam_line() -> Json {
    let expect = object([
        ("outcome", words(&Outcome::ALL, Outcome::word)),
        ("mechanisms?", set(&dotted())),
        ("decided?", nullable(&flag())),
    ]);
    object([
        ("id", text()),
        ("pair?", nullable(&text())),
        ("question", question()),
        ("expect", expect),
        ("basis?", text()),
        ("confidence?", nullable(&text())),
        ("note?", text()),
    ])
}

fn way() -> [(&'static str, Json); 4] {
    let item = object([("category", dotted()), ("subjects?", subjects())]);
    [("id?", nullable(&text())), ("from", place()), ("to?", nullable(&place())), ("items", some(&item))]
}

fn facts() -> [(&'static str, Json); 2] {
    [("facts?", map(&dotted(), &value())), ("ordinary?", flag())]
}

/// One number for every window, or a number for each.
fn subjects() -> Json {
    one_of([json!({"type": "null"}), count(), map(&name(), &count())])
}

/// What is stated of a fact.
fn value() -> Json {
    one_of([flag(), count(), name()])
}
