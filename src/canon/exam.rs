//! Questions that come with the answers expected, one JSON object a line.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::canon::wire::question_from_json;
use crate::model::{Answer, FactId, Outcome, Question};

/// A question with the answer that somebody expects.
#[derive(Clone, Debug)]
pub struct ExamQuestion {
    /// Its id; what stands before the first hyphen is the place that the data
    /// leaves.
    pub id: String,
    /// The question.
    pub question: Question,
    /// What is expected.
    pub expect: Expectation,
    /// The article that it rests on.
    pub basis: String,
    /// The reason in a line.
    pub note: String,
}

/// What is expected of an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expectation {
    /// The outcome.
    pub outcome: Outcome,
    /// Where not empty, one of them must be named among those required.
    pub mechanisms: BTreeSet<FactId>,
    /// Where said, whether the answer must be decided.
    pub decided: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExamForm {
    id: String,
    #[serde(rename = "pair")]
    _pair: Option<String>,
    question: Box<RawValue>,
    expect: ExpectForm,
    #[serde(default)]
    basis: String,
    #[serde(default, rename = "confidence")]
    _confidence: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectForm {
    outcome: String,
    #[serde(default)]
    mechanisms: Vec<String>,
    decided: Option<bool>,
}

/// Reads a line of an exam, or says what is wrong with it.
pub fn exam_from_json(line: &str) -> Result<ExamQuestion, String> {
    let form: ExamForm = serde_json::from_str(line).map_err(|it| it.to_string())?;
    let question = question_from_json(form.question.get()).map_err(|it| it.message)?;
    let outcome = Outcome::ALL.into_iter().find(|it| it.word() == form.expect.outcome);
    let outcome = outcome.ok_or_else(|| format!("unknown outcome `{}`", form.expect.outcome))?;
    let mechanisms = form.expect.mechanisms.iter().map(|it| it.parse::<FactId>().map_err(|it| it.to_string()));
    let mechanisms = mechanisms.collect::<Result<_, _>>()?;
    let expect = Expectation { outcome, mechanisms, decided: form.expect.decided };
    Ok(ExamQuestion { id: form.id, question, expect, basis: form.basis, note: form.note })
}

impl ExamQuestion {
    /// Returns the place before the first hyphen of the id.
    pub fn place(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }
}

impl Expectation {
    /// Returns whether an answer is the expected one.
    pub fn is_met_by(&self, answer: &Answer<'_>) -> bool {
        let mut required = answer.requires.iter().flatten().flatten();
        self.outcome == answer.outcome
            && (self.mechanisms.is_empty() || required.any(|it| self.mechanisms.contains(it)))
            && self.decided.is_none_or(|it| it == answer.is_decided())
    }
}
