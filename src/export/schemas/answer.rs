//! Answers.

use serde_json::{Value as Json, json};

use crate::export::schemas::part::{
    both, count, date, dotted, effect, flag, hash, list, list_id, name, nullable, number, object, one_of, place, set,
    some, text, version, words,
};
use crate::export::schemas::question::question;
use crate::model::{Confidence, EntryNoteKind, Outcome, Status, UnknownReason};

/// Returns the schema of an answer.
pub(crate) fn answer() -> Json {
    let valid = object([("from", nullable(&date())), ("until", nullable(&date())), ("ends_with", nullable(&end()))]);
    let keys = beginning().into_iter().chain([("valid", valid)]).chain(ending());
    object(keys)
}

/// Returns the schema of the answer in a receipt, which is for its day alone.
pub(super) fn answer_on_its_day() -> Json {
    object(beginning().into_iter().chain(ending()))
}

/// Returns the schema of a line that `batch` writes: an answer, the outcome
/// alone, or why there is none.
pub(super) fn batch_line() -> Json {
    let [id, _, outcome, floor, decided, reason, ..] = beginning();
    let brief = object([id.clone(), outcome, floor, decided, reason]);
    let error = object([id, ("error", object([("line", number()), ("message", text())]))]);
    one_of([answer(), brief, error])
}

fn beginning() -> [(&'static str, Json); 12] {
    [
        ("id", nullable(&text())),
        ("question", question()),
        ("outcome", outcome()),
        ("floor", outcome()),
        ("decided", flag()),
        ("unknown_reason", nullable(&reason())),
        ("depends_on", list(&dependence())),
        ("requires", requires()),
        ("relied_on", set(&dotted())),
        ("exemptions", set(&dotted())),
        ("duties", set(&dotted())),
        ("matches", list(&found())),
    ]
}

fn ending() -> [(&'static str, Json); 3] {
    let kinds = ["conflict", "retroactive", "lapsed"].into_iter().chain(EntryNoteKind::ALL.map(EntryNoteKind::word));
    let note = object([("kind", json!({"enum": kinds.collect::<Vec<_>>()})), ("text", text()), ("text_zh", text())]);
    let registry = object([("origin", text()), ("size", number()), ("head", hash())]);
    [("consulted", list(&consulted())), ("notes", list(&note)), ("registry", registry)]
}

fn outcome() -> Json {
    words(&Outcome::ALL, Outcome::word)
}

fn reason() -> Json {
    let all = [UnknownReason::NoList, UnknownReason::OutsideScope, UnknownReason::Undetermined];
    words(&all, UnknownReason::word)
}

/// All of any of all of.
fn requires() -> Json {
    list(&list(&set(&dotted())))
}

fn dependence() -> Json {
    let range = object([("at_least", count()), ("below", nullable(&count()))]);
    let value = one_of([flag(), text(), range, json!({"type": "null"})]);
    let case = object([("value", value), ("outcome", outcome()), ("floor", outcome()), ("requires", requires())]);
    let on = |key, schema| object([(key, schema), ("cases", some(&case))]);
    one_of([on("fact", dotted()), on("category", dotted()), on("destination", json!({"const": "to"}))])
}

fn found() -> Json {
    object([
        ("list", list_id()),
        ("version", version()),
        ("entry", name()),
        ("item", dotted()),
        ("category", dotted()),
        ("applies", json!({"enum": ["yes", "maybe"]})),
        ("effect", effect()),
        ("requires", list(&set(&dotted()))),
        ("residual", set(&text())),
        ("cite", text()),
        ("source", text()),
        ("url", text()),
        ("effective", nullable(&date())),
        ("note", both()),
    ])
}

fn consulted() -> Json {
    object([
        ("list", list_id()),
        ("version", version()),
        ("revision", hash()),
        ("published", date()),
        ("effective", nullable(&date())),
        ("status", words(&Status::ALL, Status::word)),
        ("confidence", words(&Confidence::ALL, Confidence::word)),
        ("stays_inside", flag()),
    ])
}

/// What ends an answer.
fn end() -> Json {
    let kind = json!({"enum": ["revision", "expiry"]});
    one_of([
        object([("kind", kind), ("list", list_id()), ("version", version())]),
        object([("kind", json!({"const": "membership"})), ("bloc", place()), ("place", place())]),
    ])
}
