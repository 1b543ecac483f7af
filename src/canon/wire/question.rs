//! Questions and flows, read.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::canon::wire::value::{EachOnce, FactValueForm, SubjectsForm, TextForm};
use crate::model::{CategoryId, Count, FactId, Flow, Item, Question, Subjects, Value, WindowId};

/// So many items a question has: each is answered, and they are answered
/// together. Who sends more at once sends several questions.
const MOST_ITEMS: usize = 1_000;

/// So many facts a question states: more than any vocabulary has.
const MOST_FACTS: usize = 1_000;

/// So many windows the people of an item are counted in: more than any
/// vocabulary has.
const MOST_WINDOWS: usize = 100;

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
struct QuestionForm<'t> {
    #[serde(borrow, default)]
    id: Option<TextForm<'t>>,
    #[serde(borrow)]
    from: TextForm<'t>,
    #[serde(borrow, default)]
    to: Option<TextForm<'t>>,
    #[serde(borrow)]
    items: Vec<ItemForm<'t>>,
    #[serde(borrow)]
    at: TextForm<'t>,
    #[serde(borrow, default)]
    known_on: Option<TextForm<'t>>,
    #[serde(borrow, default)]
    facts: EachOnce<'t, FactValueForm<'t>>,
    #[serde(default)]
    ordinary: bool,
}

/// A question without its days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowForm<'t> {
    #[serde(borrow, default)]
    id: Option<TextForm<'t>>,
    #[serde(borrow)]
    from: TextForm<'t>,
    #[serde(borrow, default)]
    to: Option<TextForm<'t>>,
    #[serde(borrow)]
    items: Vec<ItemForm<'t>>,
    #[serde(borrow, default)]
    facts: EachOnce<'t, FactValueForm<'t>>,
    #[serde(default)]
    ordinary: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemForm<'t> {
    #[serde(borrow)]
    category: TextForm<'t>,
    #[serde(borrow, default)]
    subjects: Option<SubjectsForm<'t>>,
}

/// Reads a question. Unknown keys are errors, and so is a date that is none.
pub fn question_from_json(text: &str) -> Result<Question, MalformedQuestion> {
    let mut form: QuestionForm<'_> = form_from_json(text)?;
    let id = form.id.take().map(|it| it.0.into_owned());
    match form.read() {
        Ok(question) => Ok(Question { id, ..question }),
        Err(message) => Err(MalformedQuestion { message, id }),
    }
}

/// Reads a flow: a question without its days.
pub fn flow_from_json(text: &str) -> Result<Flow, MalformedQuestion> {
    let mut form: FlowForm<'_> = form_from_json(text)?;
    let id = form.id.take().map(|it| it.0.into_owned());
    match form.read() {
        Ok(flow) => Ok(Flow { id, ..flow }),
        Err(message) => Err(MalformedQuestion { message, id }),
    }
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

impl QuestionForm<'_> {
    /// Reads all but the id.
    fn read(self) -> Result<Question, String> {
        let QuestionForm { id, from, to, items, at, known_on, facts, ordinary } = self;
        let flow = FlowForm { id, from, to, items, facts, ordinary }.read()?;
        Ok(Question { known_on: known_on.map(|it| parse(&it.0)).transpose()?, ..flow.into_question(parse(&at.0)?) })
    }
}

impl FlowForm<'_> {
    /// Reads all but the id.
    fn read(self) -> Result<Flow, String> {
        if self.items.is_empty() {
            return Err("`items` is empty: expected at least one".to_owned());
        }
        at_most(MOST_ITEMS, "a question has", "items", self.items.len())?;
        at_most(MOST_FACTS, "a question states", "facts", self.facts.0.len())?;
        let facts = self.facts.0.into_iter().map(|(id, value)| {
            let value = match value {
                FactValueForm::Flag(stated) => Value::Flag(stated),
                FactValueForm::Count(number) => Value::Count(count(number)?),
                FactValueForm::Choice(choice) => Value::Choice(parse(&choice.0)?),
            };
            Ok((parse::<FactId>(&id.0)?, value))
        });
        Ok(Flow {
            id: None,
            from: parse(&self.from.0)?,
            to: self.to.map(|it| parse(&it.0)).transpose()?,
            items: self.items.into_iter().map(ItemForm::read).collect::<Result<_, String>>()?,
            facts: facts.collect::<Result<_, String>>()?,
            ordinary: self.ordinary,
        })
    }
}

impl ItemForm<'_> {
    fn read(self) -> Result<Item, String> {
        let subjects = self.subjects.map(|it| {
            Ok::<_, String>(match it {
                SubjectsForm::Each(number) => Subjects::Each(count(number)?),
                SubjectsForm::In(counts) => {
                    at_most(MOST_WINDOWS, "the people of an item are counted in", "windows", counts.len())?;
                    let counts = counts.iter().map(|(id, it)| Ok((parse::<WindowId>(&id.0)?, count(*it)?)));
                    Subjects::In(counts.collect::<Result<_, String>>()?)
                }
            })
        });
        Ok(Item { category: parse::<CategoryId>(&self.category.0)?, subjects: subjects.transpose()? })
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| it.to_string())
}

/// Refuses more of something than a question may have.
fn at_most(most: usize, who: &str, what: &str, found: usize) -> Result<(), String> {
    if found <= most { Ok(()) } else { Err(format!("{who} at most {most} {what}, and here are {found}")) }
}

fn count(number: u64) -> Result<Count, String> {
    Count::new(number).map_err(|it| it.to_string())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    const BEFORE: &str = r#"{"id":"q","from":"CN","items":[{"category":"personal"}],"at":"2024-06-01""#;

    #[test]
    fn what_is_not_escaped_is_borrowed() {
        let form: QuestionForm<'_> =
            serde_json::from_str(r#"{"id":"a\u0062","from":"CN","to":"DE","items":[],"at":"x","facts":{"a":"b"}}"#)
                .unwrap();
        let borrowed = |it: &TextForm<'_>| matches!(it.0, Cow::Borrowed(_));
        assert!(borrowed(&form.from) && borrowed(form.to.as_ref().unwrap()) && borrowed(&form.at));
        assert!(form.facts.0.iter().all(|(key, value)| {
            borrowed(key) && matches!(value, FactValueForm::Choice(choice) if borrowed(choice))
        }));
        assert_eq!(form.id.unwrap().0, "ab");
    }

    #[test]
    fn a_flow_is_read_with_its_name() {
        let flow = |text: &str| flow_from_json(text).unwrap();
        assert_eq!(flow(r#"{"id":"payroll","from":"CN","items":[{"category":"personal"}]}"#).id.unwrap(), "payroll");
        assert_eq!(flow(r#"{"from":"CN","items":[{"category":"personal"}]}"#).id, None);
        // Whoever wrote many finds the one that is wrong.
        let wrong = flow_from_json(r#"{"id":"payroll","from":"cn","items":[]}"#).unwrap_err();
        assert_eq!(wrong.id.unwrap(), "payroll");
    }

    /// The messages and columns are those of the owned forms that these
    /// replaced.
    #[test]
    fn values_of_other_kinds_are_refused_where_they_end() {
        let value = "expected true, false, a number or a text";
        for (facts, message) in [
            (r#"{"a":null}"#, format!("{value} (column 92)")),
            (r#"{"a":null , "b":1}"#, format!("{value} (column 92)")),
            (r#"{"a":-1}"#, format!("{value} (column 90)")),
            (r#"{"a":1.5}"#, format!("{value} (column 91)")),
            (r#"{"a":[1,{"b":2}]}"#, format!("{value} (column 99)")),
            (r#"{"a":[1,}"#, "expected value (column 91)".to_owned()),
            (r#"{"a":1,"a":1}"#, "`a` is stated twice (column 95)".to_owned()),
            (r#"{"a":1e999}"#, "number out of range (column 92)".to_owned()),
            ("[]", "invalid type: sequence, expected a map (column 82)".to_owned()),
        ] {
            let found = question_from_json(&format!("{BEFORE},\"facts\":{facts}}}")).unwrap_err();
            assert_eq!(found.message, message, "{facts}");
        }
    }

    #[test]
    fn people_are_a_number_or_a_number_for_each_window() {
        let refused = "expected a number, or a number for each window";
        for (subjects, message) in [
            ("5", None),
            ("null", None),
            ("{}", None),
            (r#"{"calendar-year":5}"#, None),
            (r#"{"calendar-year":5,"calendar-year":5}"#, Some(refused)),
            (r#"{"calendar-year":-5}"#, Some(refused)),
            (r#"{"calendar-year":{"a":5}}"#, Some(refused)),
            ("true", Some(refused)),
            ("[5]", Some(refused)),
            (r#""5""#, Some(refused)),
            (
                "9007199254740993",
                Some("`9007199254740993` is too large for a count: expected at most 9007199254740992"),
            ),
        ] {
            let line = format!(
                r#"{{"from":"CN","items":[{{"category":"personal","subjects":{subjects}}}],"at":"2024-06-01"}}"#
            );
            let found = question_from_json(&line).err().map(|it| it.message);
            let found = found.as_deref().map(|it| it.split(" (column").next().unwrap());
            assert_eq!(found, message, "{subjects}");
        }
    }
}
