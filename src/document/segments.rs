//! What another number of people would change, as a document and in words.

use serde_json::{Map, Value as Json, json};

use crate::canon::{answer_json, head_json, question_json, requires_json};
use crate::document::phrase::{self, grouped, joined, strictest};
use crate::document::places::reason_json;
use crate::document::wording;
use crate::model::{Answer, CaseValue, Count, FactId, Item, Language, Match, Outcome, Question, State, UnknownReason};
use crate::registry::{Burden, Headroom, Range, Segment};

/// Returns what a question gets over a range of people.
pub(crate) fn segments_json(question: &Question, range: &Range, segments: &[Segment<'_>], state: &State) -> Json {
    let severest = segments.iter().max_by_key(|it| it.answer.outcome).map(|it| it.answer.outcome.word());
    let segments = segments.iter().map(|it| {
        let between = [("from", json!(it.from.number())), ("until", json!(it.until.map(Count::number)))];
        let between = between.into_iter().map(|(key, value)| (key.to_owned(), value));
        Json::Object(between.chain(gets_json(&it.answer)).collect())
    });
    json!({
        "question": question_json(question),
        "range": {
            "item": range.item,
            "category": question.items.get(range.item).map(|it| it.category.as_str()),
            "from": range.from.number(),
            "until": range.until.map(Count::number),
        },
        "outcome": severest,
        "segments": segments.collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

/// Returns an answer, and how far its numbers of people may grow.
pub(crate) fn headroom_json(answer: &Answer<'_>, headroom: &[Headroom<'_>], state: &State) -> Json {
    let headroom = headroom.iter().map(|it| {
        json!({
            "item": it.item,
            "category": answer.question.items.get(it.item).map(|it| it.category.as_str()),
            "subjects": it.stated.number(),
            "room": it.room(),
            "threshold": it.threshold.number(),
            "then": gets_json(&it.answer),
        })
    });
    json!({
        "answer": answer_json(answer, &state.head),
        "headroom": headroom.collect::<Vec<_>>(),
        "registry": head_json(&state.head),
    })
}

fn gets_json(answer: &Answer<'_>) -> Map<String, Json> {
    let exemptions = answer.exemptions.iter().map(FactId::as_str).collect::<Vec<_>>();
    let because = deciding(answer).map(reason_json).collect::<Vec<_>>();
    let members = [
        ("outcome", json!(answer.outcome.word())),
        ("floor", json!(answer.floor.word())),
        ("decided", json!(answer.is_decided())),
        ("unknown_reason", json!(answer.unknown_reason.map(UnknownReason::word))),
        ("requires", requires_json(&answer.requires)),
        ("exemptions", json!(exemptions)),
        ("because", json!(because)),
    ];
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Returns the entries that an answer rests on: of all that apply or may apply
/// those of the severest kind.
pub(crate) fn deciding<'m, 'a>(answer: &'m Answer<'a>) -> impl Iterator<Item = &'m Match<'a>> {
    let reasons = wording::reasons(answer);
    let first = reasons.first().map(|it| it.entry.effect.word());
    reasons.into_iter().filter(move |it| Some(it.entry.effect.word()) == first)
}

/// Returns a range of people, as its first and its last number.
pub(crate) fn people(segment: &Segment<'_>, language: Language) -> String {
    if segment.until.is_some_and(|it| it.number() == segment.from.number() + 1) {
        return grouped(segment.from.number());
    }
    wording::case(&CaseValue::Count(segment.from, segment.until), language)
}

/// Returns an item with a range of people.
pub(crate) fn range(item: &Item, range: &Range, language: Language) -> String {
    let category = &item.category;
    let from = grouped(range.from.number());
    match (range.until.map(|it| grouped(it.number())), language) {
        (Some(until), Language::En) => format!("{category}, {from} to below {until} people"),
        (None, Language::En) => format!("{category}, {from} people or more"),
        (Some(until), Language::Zh) => format!("{category}, {from}人以上（含）、不满{until}人"),
        (None, Language::Zh) => format!("{category}, {from}人以上（含）"),
    }
}

/// Returns what a question gets, as a clause: the outcome, what is needed, the
/// lightest first, and where `before` got the same, what would lift it.
pub(crate) fn gets(answer: &Answer<'_>, before: Option<&Answer<'_>>, language: Language) -> String {
    let mut text = phrase::outcome(answer.outcome, language).to_owned();
    if !answer.is_decided() {
        let mild = phrase::outcome(answer.floor, language);
        let or_milder = match language {
            Language::En => format!(" (or as mild as {mild})"),
            Language::Zh => format!("（最宽为{mild}）"),
        };
        text.push_str(&or_milder);
    }
    if !answer.relied_on.is_empty() {
        text.push_str(language.say(", relies on ", "，所依机制："));
        text.push_str(&joined(&answer.relied_on));
    }
    let ways = answer.requires.iter().map(|it| it.iter().cloned().collect()).collect();
    let any = |ways: &phrase::Ways| {
        let mut ways: Vec<_> = ways.iter().collect();
        ways.sort_by_key(|it| (Burden::of_all(it), it.len(), *it));
        ways.into_iter().map(joined).collect::<Vec<_>>().join(language.say(" or ", "或"))
    };
    let all: Vec<_> = strictest(ways).iter().map(any).collect();
    // Where nothing could be milder than what no mechanism meets, none is needed.
    if !all.is_empty() && answer.floor <= Outcome::Conditional {
        text.push_str(language.say(", needs ", "，须具备"));
        text.push_str(&all.join(language.say("; and ", "；且")));
    }
    let is_alike = before
        .is_some_and(|it| (it.outcome, it.floor, &it.requires) == (answer.outcome, answer.floor, &answer.requires));
    if is_alike && !answer.exemptions.is_empty() {
        let exemptions: Vec<_> = answer.exemptions.iter().map(ToString::to_string).collect();
        text.push_str(language.say("; exempt if ", "；可豁免情形："));
        text.push_str(&exemptions.join(", "));
    }
    text
}

/// Returns how far a number of people may grow, and what comes then.
pub(crate) fn growth(answer: &Answer<'_>, headroom: &Headroom<'_>, language: Language) -> String {
    let (room, threshold) = (grouped(headroom.room()), grouped(headroom.threshold.number()));
    let then = gets(&headroom.answer, Some(answer), language);
    let of = match answer.question.items.as_slice() {
        [_] => String::new(),
        items => items.get(headroom.item).map(|it| format!("{}: ", it.category)).unwrap_or_default(),
    };
    match (headroom.room(), language) {
        (0, Language::En) => format!("{of}nobody more; from {threshold} on: {then}"),
        (1, Language::En) => format!("{of}1 more person; from {threshold} on: {then}"),
        (_, Language::En) => format!("{of}{room} more people; from {threshold} on: {then}"),
        (_, Language::Zh) => format!("{of}还可增加{room}人；达到{threshold}人起：{then}"),
    }
}
