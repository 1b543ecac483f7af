//! A company's own flows.

use std::collections::BTreeMap;

use crate::model::date::At;
use crate::model::fact::Value;
use crate::model::id::{FactId, Jurisdiction};
use crate::model::question::{Item, Question};

/// Data that goes from one place to another day after day: a question without
/// a day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flow {
    /// The owner's name for it.
    pub id: Option<String>,
    /// Where the data is.
    pub from: Jurisdiction,
    /// Where it goes; `None` for any destination.
    pub to: Option<Jurisdiction>,
    /// What goes. Never empty.
    pub items: Vec<Item>,
    /// What is stated.
    pub facts: BTreeMap<FactId, Value>,
    /// Whether every flag that is not stated is not the case.
    pub ordinary: bool,
}

impl From<&Question> for Flow {
    /// Forgets the days of a question.
    fn from(question: &Question) -> Flow {
        let Question { id, from, to, items, facts, ordinary, at: _, known_on: _ } = question.clone();
        Flow { id, from, to, items, facts, ordinary }
    }
}

impl Flow {
    /// Returns the question of whether it may go on a day.
    pub fn on(&self, at: At) -> Question {
        self.clone().into_question(at)
    }

    /// Makes it the question of whether it may go on a day.
    pub fn into_question(self, at: At) -> Question {
        let Flow { id, from, to, items, facts, ordinary } = self;
        Question { id, from, to, items, at, known_on: None, facts, ordinary }
    }
}
