//! Questions and answers, written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::canon::wire::json::{Object, array, date, flag, hash, number, object, option, version, write_text};
use crate::model::{
    Answer, Applies, Brief, Case, CaseValue, Consulted, Count, Dependence, Effect, End, FactId, Flow, Head, Item,
    Jurisdiction, ListId, Match, Note, Open, Question, Requirements, Subjects, Text, UnknownReason, Validity, Value,
};

/// Writes an answer, with the registry that gave it, as one line without its
/// end.
pub fn write_answer(out: &mut Vec<u8>, answer: &Answer<'_>, head: &Head) {
    object(out, |it| {
        option(it.key("id"), answer.question.id.as_deref(), write_text);
        write_question(it.key("question"), &answer.question);
        write_outcome(it, answer.brief());
        array(it.key("depends_on"), &answer.depends_on, write_dependence);
        write_requires(it.key("requires"), &answer.requires);
        write_words(it.key("relied_on"), &answer.relied_on);
        write_words(it.key("exemptions"), &answer.exemptions);
        write_words(it.key("duties"), &answer.duties);
        array(it.key("matches"), &answer.matches, write_match);
        array(it.key("consulted"), &answer.consulted, write_consulted);
        write_validity(it.key("valid"), &answer.valid);
        array(it.key("notes"), &answer.notes, write_note);
        write_head(it.key("registry"), head);
    });
}

/// Writes the outcome alone, with the question's own id, as one line without
/// its end.
pub fn write_brief(out: &mut Vec<u8>, id: Option<&str>, brief: Brief) {
    object(out, |it| {
        option(it.key("id"), id, write_text);
        write_outcome(it, brief);
    });
}

/// Returns an answer as a tree.
pub fn answer_json(answer: &Answer<'_>, head: &Head) -> Json {
    tree(|out| write_answer(out, answer, head))
}

/// Returns a question as a tree, as it is read.
pub fn question_json(question: &Question) -> Json {
    tree(|out| write_question(out, question))
}

/// Returns a flow as a tree, as it is read.
pub fn flow_json(flow: &Flow) -> Json {
    tree(|out| {
        object(out, |it| {
            write_way(it, flow.id.as_deref(), &flow.from, flow.to.as_ref(), &flow.items);
            write_facts(it.key("facts"), &flow.facts);
            flag(it.key("ordinary"), flow.ordinary);
        });
    })
}

/// Returns which registry, and how far, as a tree.
pub fn head_json(head: &Head) -> Json {
    tree(|out| write_head(out, head))
}

/// Writes how far a registry is, for those who follow it.
pub fn head_document(head: &Head) -> String {
    format!("{}\n", json!({"format": HEAD_FORMAT, "registry": head_json(head)}))
}

const HEAD_FORMAT: &str = "neglist head v1";

/// Reads how far a registry is; `None` where that is not what stands there.
pub fn head_from_document(text: &str) -> Option<Head> {
    let document: Json = serde_json::from_str(text).ok()?;
    let registry = document.get("registry").filter(|_| document.get("format").is_some_and(|it| it == HEAD_FORMAT))?;
    let origin = registry.get("origin")?.as_str()?.to_owned();
    let hash = registry.get("head")?.as_str()?.parse().ok()?;
    Some(Head { origin, size: registry.get("size")?.as_u64()?, hash })
}

/// Returns what is required as a tree: all of any of all of.
pub fn requires_json(requires: &Requirements) -> Json {
    tree(|out| write_requires(out, requires))
}

/// Returns an entry that applies or may apply as a tree.
pub fn match_json(found: &Match<'_>) -> Json {
    tree(|out| write_match(out, found))
}

/// Returns something that an outcome hangs on as a tree.
pub fn dependence_json(dependence: &Dependence) -> Json {
    tree(|out| write_dependence(out, dependence))
}

/// Returns what ends an answer as a tree.
pub fn end_json(end: &End) -> Json {
    tree(|out| write_end(out, end))
}

/// Returns something that was left open, as it is written.
pub fn open_text(open: &Open) -> String {
    match open {
        Open::Fact(fact) => fact.to_string(),
        Open::Category(category) => format!("includes {category}"),
        Open::Destination => "to".to_owned(),
    }
}

/// Returns what is written as a tree, so that there are no two ways to write
/// it.
fn tree(write: impl FnOnce(&mut Vec<u8>)) -> Json {
    let mut bytes = Vec::new();
    write(&mut bytes);
    serde_json::from_slice(&bytes).expect("because what was written here is JSON")
}

fn write_question(out: &mut Vec<u8>, question: &Question) {
    object(out, |it| {
        write_way(it, question.id.as_deref(), &question.from, question.to.as_ref(), &question.items);
        date(it.key("at"), question.at.0);
        option(it.key("known_on"), question.known_on, |out, it| date(out, it.0));
        write_facts(it.key("facts"), &question.facts);
        flag(it.key("ordinary"), question.ordinary);
    });
}

fn write_way(it: &mut Object<'_>, id: Option<&str>, from: &Jurisdiction, to: Option<&Jurisdiction>, items: &[Item]) {
    option(it.key("id"), id, write_text);
    it.text("from", from.as_str());
    option(it.key("to"), to, |out, it| write_text(out, it.as_str()));
    array(it.key("items"), items, write_item);
}

fn write_item(out: &mut Vec<u8>, item: &Item) {
    object(out, |it| {
        it.text("category", item.category.as_str());
        match &item.subjects {
            None => {}
            Some(Subjects::Each(count)) => number(it.key("subjects"), count.number()),
            Some(Subjects::In(counts)) => object(it.key("subjects"), |it| {
                counts.iter().for_each(|(window, count)| number(it.key(window.as_str()), count.number()));
            }),
        }
    });
}

fn write_facts(out: &mut Vec<u8>, facts: &BTreeMap<FactId, Value>) {
    object(out, |it| facts.iter().for_each(|(id, value)| write_value(it.key(id.as_str()), value)));
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Flag(stated) => flag(out, *stated),
        Value::Choice(choice) => write_text(out, choice.as_str()),
        Value::Count(count) => number(out, count.number()),
    }
}

fn write_outcome(it: &mut Object<'_>, brief: Brief) {
    it.text("outcome", brief.outcome.word());
    it.text("floor", brief.floor.word());
    flag(it.key("decided"), brief.is_decided());
    option(it.key("unknown_reason"), brief.unknown_reason.map(UnknownReason::word), write_text);
}

fn write_head(out: &mut Vec<u8>, head: &Head) {
    object(out, |it| {
        it.text("origin", &head.origin);
        number(it.key("size"), head.size);
        hash(it.key("head"), &head.hash);
    });
}

fn write_words(out: &mut Vec<u8>, facts: &BTreeSet<FactId>) {
    array(out, facts, |out, it| write_text(out, it.as_str()));
}

fn write_requires(out: &mut Vec<u8>, requires: &Requirements) {
    array(out, requires, |out, any| array(out, any, write_words));
}

fn write_dependence(out: &mut Vec<u8>, dependence: &Dependence) {
    object(out, |it| {
        match &dependence.on {
            Open::Fact(fact) => it.text("fact", fact.as_str()),
            Open::Category(category) => it.text("category", category.as_str()),
            Open::Destination => it.text("destination", "to"),
        }
        array(it.key("cases"), &dependence.cases, write_case);
    });
}

fn write_case(out: &mut Vec<u8>, case: &Case) {
    object(out, |it| {
        let value = it.key("value");
        match &case.value {
            CaseValue::Flag(stated) => flag(value, *stated),
            CaseValue::Choice(choice) => write_text(value, choice.as_str()),
            CaseValue::Count(at_least, below) => object(value, |it| {
                number(it.key("at_least"), at_least.number());
                option(it.key("below"), below.map(Count::number), number);
            }),
            CaseValue::To(place) => write_text(value, place.as_str()),
            CaseValue::Elsewhere => option(value, None, number),
        }
        it.text("outcome", case.outcome.word());
        it.text("floor", case.floor.word());
        write_requires(it.key("requires"), &case.requires);
    });
}

fn write_match(out: &mut Vec<u8>, found: &Match<'_>) {
    let (revision, entry) = (found.revision, found.entry);
    let (effect, requires) = match &entry.effect {
        Effect::Notice => ("notice", [].as_slice()),
        Effect::Conditional(_) => ("conditional", found.requires.as_slice()),
        Effect::Undetermined => ("undetermined", [].as_slice()),
        Effect::Prohibited => ("prohibited", [].as_slice()),
    };
    let applies = match found.applies {
        Applies::Yes => "yes",
        Applies::Maybe(_) | Applies::No => "maybe",
    };
    object(out, |it| {
        it.text("list", revision.list.as_str());
        version(it.key("version"), &revision.version);
        it.text("entry", entry.id.as_str());
        it.text("item", found.item.as_str());
        it.text("category", found.category.as_str());
        it.text("applies", applies);
        it.text("effect", effect);
        array(it.key("requires"), requires, |out, it| write_words(out, &it.all));
        write_residual(it.key("residual"), &found.applies);
        it.text("cite", &entry.cite);
        it.text("source", &revision.source.citation);
        it.text("url", &revision.source.url);
        option(it.key("effective"), revision.effective, |out, it| date(out, it.0));
        write_both(it.key("note"), &entry.note);
    });
}

fn write_residual(out: &mut Vec<u8>, applies: &Applies) {
    match applies {
        Applies::Maybe(open) => array(out, open, |out, it| write_text(out, &open_text(it))),
        Applies::Yes | Applies::No => out.extend_from_slice(b"[]"),
    }
}

fn write_both(out: &mut Vec<u8>, text: &Text) {
    object(out, |it| {
        it.text("en", &text.en);
        it.text("zh", &text.zh);
    });
}

fn write_consulted(out: &mut Vec<u8>, consulted: &Consulted<'_>) {
    let revision = &consulted.issued.revision;
    object(out, |it| {
        it.text("list", revision.list.as_str());
        version(it.key("version"), &revision.version);
        hash(it.key("revision"), &consulted.issued.hash);
        date(it.key("published"), revision.published.0);
        option(it.key("effective"), revision.effective, |out, it| date(out, it.0));
        it.text("status", revision.status.word());
        it.text("confidence", revision.source.confidence.word());
        flag(it.key("stays_inside"), consulted.stays_inside);
    });
}

fn write_validity(out: &mut Vec<u8>, valid: &Validity) {
    object(out, |it| {
        option(it.key("from"), valid.from, date);
        option(it.key("until"), valid.until, date);
        option(it.key("ends_with"), valid.ends_with.as_ref(), write_end);
    });
}

fn write_end(out: &mut Vec<u8>, end: &End) {
    let of_revision = |it: &mut Object<'_>, kind, list: &ListId, number| {
        it.text("kind", kind);
        it.text("list", list.as_str());
        version(it.key("version"), number);
    };
    object(out, |it| match end {
        End::Revision { list, version } => of_revision(it, "revision", list, version),
        End::Expiry { list, version } => of_revision(it, "expiry", list, version),
        End::Membership { bloc, place } => {
            it.text("kind", "membership");
            it.text("bloc", bloc.as_str());
            it.text("place", place.as_str());
        }
    });
}

fn write_note(out: &mut Vec<u8>, note: &Note) {
    object(out, |it| {
        it.text("kind", note.kind.word());
        it.text("text", &note.text.en);
        it.text("text_zh", &note.text.zh);
    });
}
