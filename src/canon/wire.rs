//! Questions and answers as JSON: the same on the command line, in batches,
//! over HTTP and in receipts. The keys are those of `docs/format.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::{Map, Value as Json, json};

use crate::model::{
    Answer, Applies, CaseValue, CategoryId, Count, Dependence, Effect, End, FactId, Flow, Head, Item, Match, Open,
    Question, Requirements, Subjects, Value, WindowId,
};

/// A question that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct MalformedQuestion {
    /// What is wrong.
    pub message: String,
    /// The question's own id, where that much could be read.
    pub id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionForm {
    #[serde(default)]
    id: Option<String>,
    from: String,
    #[serde(default)]
    to: Option<String>,
    items: Vec<ItemForm>,
    at: String,
    #[serde(default)]
    known_on: Option<String>,
    #[serde(default, deserialize_with = "each_once")]
    facts: BTreeMap<String, FactValueForm>,
    #[serde(default)]
    ordinary: bool,
}

/// A question without its days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowForm {
    #[serde(default)]
    id: Option<String>,
    from: String,
    #[serde(default)]
    to: Option<String>,
    items: Vec<ItemForm>,
    #[serde(default, deserialize_with = "each_once")]
    facts: BTreeMap<String, FactValueForm>,
    #[serde(default)]
    ordinary: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemForm {
    category: String,
    #[serde(default)]
    subjects: Option<SubjectsForm>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or a number for each window")]
enum SubjectsForm {
    Each(u64),
    In(#[serde(deserialize_with = "each_once")] BTreeMap<String, u64>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected true, false, a number or a text")]
enum FactValueForm {
    Flag(bool),
    Count(u64),
    Choice(String),
}

/// Reads a map in which no key stands twice: of two that contradict each other
/// the last one would win without a word.
fn each_once<'de, D, V>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: serde::Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct EachOnce<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for EachOnce<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = access.next_entry::<String, V>()? {
                if map.contains_key(&key) {
                    return Err(serde::de::Error::custom(format!("`{key}` is stated twice")));
                }
                map.insert(key, value);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(EachOnce(PhantomData))
}

/// Reads a question. Unknown keys are errors, and so is a date that is none.
pub fn question_from_json(text: &str) -> Result<Question, MalformedQuestion> {
    let form: QuestionForm = form_from_json(text)?;
    let id = form.id.clone();
    form.read().map_err(|message| MalformedQuestion { message, id })
}

/// Reads a flow: a question without its days.
pub fn flow_from_json(text: &str) -> Result<Flow, MalformedQuestion> {
    let form: FlowForm = form_from_json(text)?;
    let id = form.id.clone();
    form.read().map_err(|message| MalformedQuestion { message, id })
}

fn form_from_json<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, MalformedQuestion> {
    serde_json::from_str(text).map_err(|error| {
        let value: Option<Json> = serde_json::from_str(text).ok();
        let id = value.as_ref().and_then(|it| it.get("id")).and_then(Json::as_str).map(str::to_owned);
        // A question is one line: its column is enough.
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        MalformedQuestion { message: format!("{message} (column {})", error.column()), id }
    })
}

impl QuestionForm {
    fn read(self) -> Result<Question, String> {
        let QuestionForm { id, from, to, items, at, known_on, facts, ordinary } = self;
        let flow = FlowForm { id, from, to, items, facts, ordinary }.read()?;
        Ok(Question { known_on: known_on.as_deref().map(parse).transpose()?, ..flow.on(parse(&at)?) })
    }
}

impl FlowForm {
    fn read(self) -> Result<Flow, String> {
        if self.items.is_empty() {
            return Err("`items` is empty: expected at least one".to_owned());
        }
        let facts = self.facts.into_iter().map(|(id, value)| {
            let value = match value {
                FactValueForm::Flag(stated) => Value::Flag(stated),
                FactValueForm::Count(number) => Value::Count(count(number)?),
                FactValueForm::Choice(choice) => Value::Choice(parse(&choice)?),
            };
            Ok((parse::<FactId>(&id)?, value))
        });
        Ok(Flow {
            id: self.id,
            from: parse(&self.from)?,
            to: self.to.as_deref().map(parse).transpose()?,
            items: self.items.into_iter().map(ItemForm::read).collect::<Result<_, String>>()?,
            facts: facts.collect::<Result<_, String>>()?,
            ordinary: self.ordinary,
        })
    }
}

impl ItemForm {
    fn read(self) -> Result<Item, String> {
        let subjects = self.subjects.map(|it| {
            Ok::<_, String>(match it {
                SubjectsForm::Each(number) => Subjects::Each(count(number)?),
                SubjectsForm::In(counts) => {
                    let counts = counts.iter().map(|(id, it)| Ok((parse::<WindowId>(id)?, count(*it)?)));
                    Subjects::In(counts.collect::<Result<_, String>>()?)
                }
            })
        });
        Ok(Item { category: parse::<CategoryId>(&self.category)?, subjects: subjects.transpose()? })
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| it.to_string())
}

fn count(number: u64) -> Result<Count, String> {
    Count::new(number).map_err(|it| it.to_string())
}

/// Writes a question as it is read.
pub fn question_json(question: &Question) -> Json {
    json!({
        "id": question.id,
        "from": question.from.as_str(),
        "to": question.to.as_ref().map(crate::model::Jurisdiction::as_str),
        "items": question.items.iter().map(item_json).collect::<Vec<_>>(),
        "at": question.at.to_string(),
        "known_on": question.known_on.map(|it| it.to_string()),
        "facts": facts_json(&question.facts),
        "ordinary": question.ordinary,
    })
}

/// Writes a flow as it is read.
pub fn flow_json(flow: &Flow) -> Json {
    json!({
        "id": flow.id,
        "from": flow.from.as_str(),
        "to": flow.to.as_ref().map(crate::model::Jurisdiction::as_str),
        "items": flow.items.iter().map(item_json).collect::<Vec<_>>(),
        "facts": facts_json(&flow.facts),
        "ordinary": flow.ordinary,
    })
}

fn item_json(item: &Item) -> Json {
    let mut form = Map::from_iter([("category".to_owned(), json!(item.category.as_str()))]);
    match &item.subjects {
        None => {}
        Some(Subjects::Each(count)) => {
            form.insert("subjects".to_owned(), json!(count.number()));
        }
        Some(Subjects::In(counts)) => {
            let counts: Map<_, _> = counts.iter().map(|(id, it)| (id.to_string(), json!(it.number()))).collect();
            form.insert("subjects".to_owned(), Json::Object(counts));
        }
    }
    Json::Object(form)
}

fn facts_json(facts: &BTreeMap<FactId, Value>) -> Map<String, Json> {
    facts.iter().map(|(id, value)| (id.to_string(), value_json(value))).collect()
}

/// Writes a stated value.
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Flag(stated) => json!(stated),
        Value::Choice(choice) => json!(choice.as_str()),
        Value::Count(count) => json!(count.number()),
    }
}

/// Writes the outcome alone, for batches that want nothing else.
pub fn verdict_json(answer: &Answer<'_>) -> Json {
    json!({
        "id": answer.question.id,
        "outcome": answer.outcome.word(),
        "floor": answer.floor.word(),
        "decided": answer.is_decided(),
        "unknown_reason": answer.unknown_reason.map(crate::model::UnknownReason::word),
    })
}

/// Writes an answer, with the registry that gave it.
pub fn answer_json(answer: &Answer<'_>, head: &Head) -> Json {
    json!({
        "id": answer.question.id,
        "question": question_json(&answer.question),
        "outcome": answer.outcome.word(),
        "floor": answer.floor.word(),
        "decided": answer.is_decided(),
        "unknown_reason": answer.unknown_reason.map(crate::model::UnknownReason::word),
        "depends_on": answer.depends_on.iter().map(dependence_json).collect::<Vec<_>>(),
        "requires": requires_json(&answer.requires),
        "relied_on": words(&answer.relied_on),
        "exemptions": words(&answer.exemptions),
        "duties": words(&answer.duties),
        "matches": answer.matches.iter().map(match_json).collect::<Vec<_>>(),
        "consulted": answer.consulted.iter().map(consulted_json).collect::<Vec<_>>(),
        "valid": {
            "from": answer.valid.from.map(|it| it.to_string()),
            "until": answer.valid.until.map(|it| it.to_string()),
            "ends_with": answer.valid.ends_with.as_ref().map(end_json),
        },
        "notes": answer.notes.iter().map(|it| json!({
            "kind": it.kind.word(),
            "text": it.text.en,
            "text_zh": it.text.zh,
        })).collect::<Vec<_>>(),
        "registry": head_json(head),
    })
}

/// Writes which registry, and how far.
pub fn head_json(head: &Head) -> Json {
    json!({"origin": head.origin, "size": head.size, "head": head.hash.to_string()})
}

fn words(facts: &BTreeSet<FactId>) -> Vec<&str> {
    facts.iter().map(FactId::as_str).collect()
}

/// Writes what is required: all of any of all of.
pub fn requires_json(requires: &Requirements) -> Json {
    let all = |any: &BTreeSet<BTreeSet<FactId>>| any.iter().map(words).collect::<Json>();
    requires.iter().map(all).collect()
}

fn dependence_json(dependence: &Dependence) -> Json {
    let cases: Vec<_> = dependence
        .cases
        .iter()
        .map(|it| {
            let value = match &it.value {
                CaseValue::Flag(value) => json!(value),
                CaseValue::Choice(choice) => json!(choice.as_str()),
                CaseValue::Count(at_least, below) => {
                    json!({"at_least": at_least.number(), "below": below.map(Count::number)})
                }
                CaseValue::To(place) => json!(place.as_str()),
                CaseValue::Elsewhere => Json::Null,
            };
            let (outcome, floor) = (it.outcome.word(), it.floor.word());
            json!({"value": value, "outcome": outcome, "floor": floor, "requires": requires_json(&it.requires)})
        })
        .collect();
    match &dependence.on {
        Open::Fact(fact) => json!({"fact": fact.as_str(), "cases": cases}),
        Open::Category(category) => json!({"category": category.as_str(), "cases": cases}),
        Open::Destination => json!({"destination": "to", "cases": cases}),
    }
}

/// Writes one of the entries behind an answer.
pub fn match_json(found: &Match<'_>) -> Json {
    let revision = found.revision;
    let (effect, requires) = match &found.entry.effect {
        Effect::Notice => ("notice", Vec::new()),
        Effect::Conditional(_) => ("conditional", found.requires.iter().map(|it| words(&it.all)).collect()),
        Effect::Undetermined => ("undetermined", Vec::new()),
        Effect::Prohibited => ("prohibited", Vec::new()),
    };
    let residual: Vec<_> = found.applies.open().iter().map(open_text).collect();
    json!({
        "list": revision.list.as_str(),
        "version": revision.version.to_string(),
        "entry": found.entry.id.as_str(),
        "item": found.item.as_str(),
        "category": found.category.as_str(),
        "applies": match found.applies {
            Applies::Yes => "yes",
            Applies::Maybe(_) | Applies::No => "maybe",
        },
        "effect": effect,
        "requires": requires,
        "residual": residual,
        "cite": found.entry.cite,
        "source": revision.source.citation,
        "url": revision.source.url,
        "effective": revision.effective.map(|it| it.to_string()),
        "note": {"en": found.entry.note.en, "zh": found.entry.note.zh},
    })
}

/// Writes something that was left open.
pub fn open_text(open: &Open) -> String {
    match open {
        Open::Fact(fact) => fact.to_string(),
        Open::Category(category) => format!("includes {category}"),
        Open::Destination => "to".to_owned(),
    }
}

fn consulted_json(consulted: &crate::model::Consulted<'_>) -> Json {
    let revision = &consulted.issued.revision;
    json!({
        "list": revision.list.as_str(),
        "version": revision.version.to_string(),
        "revision": consulted.issued.hash.to_string(),
        "published": revision.published.to_string(),
        "effective": revision.effective.map(|it| it.to_string()),
        "status": revision.status.word(),
        "confidence": revision.source.confidence.word(),
        "stays_inside": consulted.stays_inside,
    })
}

/// Writes what ends an answer.
pub fn end_json(end: &End) -> Json {
    match end {
        End::Revision { list, version } => {
            json!({"kind": "revision", "list": list.as_str(), "version": version.to_string()})
        }
        End::Expiry { list, version } => {
            json!({"kind": "expiry", "list": list.as_str(), "version": version.to_string()})
        }
        End::Membership { bloc, place } => {
            json!({"kind": "membership", "bloc": bloc.as_str(), "place": place.as_str()})
        }
    }
}
