//! A revision by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::evaluate::answer;
use crate::model::{
    At, Effective, EntryId, FactId, Hash, Issued, List, Outcome, Published, Question, Requirements, Revision, State,
};

/// What a revision answers by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spoken {
    /// The outcome; unknown where the list is silent.
    pub outcome: Outcome,
    /// What is required and not in place.
    pub requires: Requirements,
    /// Exemptions that would lift an entry.
    pub exemptions: BTreeSet<FactId>,
    /// The entries that apply or may apply.
    pub entries: Vec<EntryId>,
}

/// A revision by itself, to be asked.
#[derive(Clone, Debug)]
pub struct Alone(State);

impl Alone {
    /// Takes a revision out of a state.
    pub fn new(state: &State, revision: Option<&Revision>, at: At) -> Alone {
        Alone(alone(state, revision, at))
    }

    /// Asks the evaluator.
    pub fn ask(&self, question: &Question) -> Spoken {
        let answer = answer(&self.0, question);
        Spoken {
            outcome: answer.outcome,
            entries: answer.matches.iter().map(|it| it.entry.id.clone()).collect(),
            requires: answer.requires,
            exemptions: answer.exemptions,
        }
    }
}

/// Returns a state with the words of another in which one revision is in force
/// on a day, and nothing else; without a revision nothing is. So the
/// evaluator can be asked what that revision says by itself.
pub fn alone(state: &State, revision: Option<&Revision>, at: At) -> State {
    pinned(state, revision, at)
}

/// Returns a state with the words of another in which some revisions, of
/// different lists, are in force on a day, and nothing else.
pub fn pinned<'r>(state: &State, revisions: impl IntoIterator<Item = &'r Revision>, at: At) -> State {
    let mut lists = BTreeMap::new();
    for revision in revisions {
        let id = revision.list.clone();
        let revision = Revision {
            published: Published(at.0),
            effective: Some(Effective(at.0)),
            expires: None,
            withdraws: BTreeSet::new(),
            ..revision.clone()
        };
        let issued = Issued { sequence: 0, previous: None, hash: Hash([0; 32]), revision };
        lists.insert(id.clone(), Arc::new(List { id, revisions: vec![issued] }));
    }
    let State { head, categories, vocabulary, places, .. } = state;
    State {
        head: head.clone(),
        categories: categories.clone(),
        vocabulary: vocabulary.clone(),
        places: places.clone(),
        lists,
    }
}
