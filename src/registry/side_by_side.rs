//! What two places, or two lists, say of the same data.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::compare::alone;
use crate::evaluate::findings;
use crate::model::{
    At, CategoryId, FactId, Issued, Item, Jurisdiction, ListId, Outcome, Question, Requirements, State, Value,
};
use crate::registry::Registry;

/// Who is asked.
#[derive(Clone, Debug)]
pub enum Party<'a> {
    /// Everything that binds in a place.
    Place(Jurisdiction),
    /// One revision of a list by itself.
    Revision(&'a Issued),
}

/// What is asked of both.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Where the data would go; `None` for any destination.
    pub to: Option<Jurisdiction>,
    /// The day.
    pub at: At,
    /// What is stated.
    pub facts: BTreeMap<FactId, Value>,
    /// Whether every flag that is not stated is not the case.
    pub ordinary: bool,
}

impl Party<'_> {
    /// Returns where the data is.
    pub fn place(&self) -> Jurisdiction {
        match self {
            Party::Place(place) => place.clone(),
            Party::Revision(issued) => issued.revision.list.jurisdiction(),
        }
    }
}

impl Circumstances {
    /// Returns the question about one category.
    pub fn question(&self, from: Jurisdiction, category: &CategoryId) -> Question {
        let Circumstances { to, at, facts, ordinary } = self.clone();
        let items = vec![Item { category: category.clone(), subjects: None }];
        Question { id: None, from, to, items, at, known_on: None, facts, ordinary }
    }
}

/// What one of them says.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Stance {
    /// The severest of what applies or may apply.
    pub outcome: Outcome,
    /// The severest of what applies for certain.
    pub floor: Outcome,
    /// What is required and not in place.
    pub requires: Requirements,
    /// The lists that it comes from. None where none speaks.
    pub lists: BTreeSet<ListId>,
}

/// Categories of which the two say the same two things.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The categories.
    pub categories: BTreeSet<CategoryId>,
    /// What the one says.
    pub one: Stance,
    /// What the other says.
    pub other: Stance,
}

impl Registry {
    /// Asks two parties about every category of the catalog.
    pub fn side_by_side(&self, one: &Party<'_>, other: &Party<'_>, circumstances: &Circumstances) -> Vec<Row> {
        let ask = |party| Asked::new(self.state(), party, circumstances);
        let (one, other) = (ask(one), ask(other));
        let mut rows: BTreeMap<(Stance, Stance), BTreeSet<CategoryId>> = BTreeMap::new();
        for category in self.state().categories.iter().map(|it| &it.id) {
            let said = (one.of(category), other.of(category));
            rows.entry(said).or_default().insert(category.clone());
        }
        rows.into_iter().map(|((one, other), categories)| Row { categories, one, other }).collect()
    }
}

/// A party, ready to be asked.
struct Asked<'a> {
    state: Cow<'a, State>,
    from: Jurisdiction,
    circumstances: &'a Circumstances,
}

impl<'a> Asked<'a> {
    fn new(state: &'a State, party: &Party<'_>, circumstances: &'a Circumstances) -> Asked<'a> {
        let state = match party {
            Party::Place(_) => Cow::Borrowed(state),
            Party::Revision(issued) => Cow::Owned(alone(state, Some(&issued.revision), circumstances.at)),
        };
        Asked { state, from: party.place(), circumstances }
    }

    fn of(&self, category: &CategoryId) -> Stance {
        let found = findings(&self.state, &self.circumstances.question(self.from.clone(), category));
        let verdict = found.verdict();
        Stance {
            outcome: verdict.outcome,
            floor: verdict.floor,
            requires: verdict.requires,
            lists: found.matches.iter().map(|it| it.revision.list.clone()).collect(),
        }
    }
}
