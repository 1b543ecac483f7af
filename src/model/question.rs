//! What is asked.

use std::collections::BTreeMap;

use crate::model::condition::Count;
use crate::model::date::{At, KnownOn};
use crate::model::fact::Value;
use crate::model::id::{CategoryId, FactId, Jurisdiction, WindowId};

/// May these categories of data leave `from` for `to` at a date?
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Question {
    /// The asker's own name for it, echoed in the answer.
    pub id: Option<String>,
    /// Where the data is.
    pub from: Jurisdiction,
    /// Where it would go; `None` for any destination.
    pub to: Option<Jurisdiction>,
    /// What would go. Never empty.
    pub items: Vec<Item>,
    /// The day on which it would go.
    pub at: At,
    /// Answer from what was published by this day; `None` for all that the
    /// registry holds.
    pub known_on: Option<KnownOn>,
    /// What is stated.
    pub facts: BTreeMap<FactId, Value>,
    /// Whether every flag that is not stated is not the case.
    pub ordinary: bool,
}

/// One category of data in a question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// The category.
    pub category: CategoryId,
    /// How many people it is about, where that is stated.
    pub subjects: Option<Subjects>,
}

/// How many people an item is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subjects {
    /// So many, whatever the window.
    Each(Count),
    /// So many in each of these windows.
    In(BTreeMap<WindowId, Count>),
}

impl Subjects {
    /// Returns the number over a window, where it is stated. An entry without
    /// a window is met only by a number for every window.
    pub fn over(&self, window: Option<&WindowId>) -> Option<Count> {
        match self {
            Subjects::Each(count) => Some(*count),
            Subjects::In(counts) => window.and_then(|it| counts.get(it)).copied(),
        }
    }
}
