//! Golden questions in a draft: what the registry has to answer once it is
//! published.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use crate::catalog::releases::day;
use crate::model::{At, Count, FactId, FactKind, Item, Outcome, Question, Subjects, Value, Vocabulary};

/// A question with the outcome that somebody expects.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expected {
    /// The question.
    pub question: Question,
    /// The outcome.
    pub outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectToml {
    from: String,
    to: Option<String>,
    category: String,
    subjects: Option<u64>,
    at: Datetime,
    #[serde(default)]
    facts: BTreeMap<String, FactToml>,
    #[serde(default)]
    ordinary: bool,
    outcome: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected true, false, a number or a text")]
enum FactToml {
    Flag(bool),
    Count(u64),
    Choice(String),
}

impl ExpectToml {
    pub(crate) fn read(&self, text: &str, vocabulary: &Vocabulary) -> Result<Expected, String> {
        let count = |number: u64| Count::new(number).map_err(|it| it.to_string());
        let mut facts = BTreeMap::new();
        for (id, value) in &self.facts {
            let id: FactId = parse(id)?;
            let value = match value {
                FactToml::Flag(stated) => Value::Flag(*stated),
                FactToml::Count(number) => Value::Count(count(*number)?),
                FactToml::Choice(choice) => Value::Choice(parse(choice)?),
            };
            let is_right = match (vocabulary.find(&id).map(|it| &it.kind), &value) {
                (Some(FactKind::Flag), Value::Flag(_)) | (Some(FactKind::Count), Value::Count(_)) => true,
                (Some(FactKind::Choice(among)), Value::Choice(choice)) => among.contains(choice),
                _ => false,
            };
            if !is_right {
                return Err(format!("`{id}` is no fact, or has no such value"));
            }
            facts.insert(id, value);
        }
        let outcome = Outcome::ALL.into_iter().find(|it| it.word() == self.outcome);
        let outcome = outcome.ok_or_else(|| {
            let words = Outcome::ALL.map(|it| format!("`{}`", it.word()));
            format!("unknown outcome `{}`: expected one of {}", self.outcome, words.join(", "))
        })?;
        let subjects = self.subjects.map(count).transpose()?.map(Subjects::Each);
        let question = Question {
            id: None,
            from: parse(&self.from)?,
            to: self.to.as_deref().map(parse).transpose()?,
            items: vec![Item { category: parse(&self.category)?, subjects }],
            at: At(day(text, &self.at).map_err(|it| it.message)?),
            known_on: None,
            facts,
            ordinary: self.ordinary,
        };
        Ok(Expected { question, outcome })
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| it.to_string())
}
