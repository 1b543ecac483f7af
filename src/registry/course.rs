//! How an answer became what it is: what was said after each publication.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::evaluate::answer_on_its_day;
use crate::model::{Answer, FactId, Issued, List, ListId, Outcome, Question, Requirements, State, UnknownReason};
use crate::registry::{AskError, Registry};

/// What a question gets: the part of an answer that can differ between
/// revisions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// The severest that is possible.
    pub outcome: Outcome,
    /// The severest of what applies for certain.
    pub floor: Outcome,
    /// Why nothing can be said, where that is so.
    pub unknown_reason: Option<UnknownReason>,
    /// What is needed.
    pub requires: Requirements,
    /// What would lift it.
    pub exemptions: BTreeSet<FactId>,
    /// What remains to be done.
    pub duties: BTreeSet<FactId>,
}

/// That a revision changed what a question gets.
#[derive(Clone, Debug)]
pub struct Turn<'r> {
    /// The revision's number in the order of publication that was given.
    pub number: usize,
    /// The revision.
    pub issued: &'r Issued,
    /// What the question got before it.
    pub before: Verdict,
    /// What it got from then on.
    pub after: Verdict,
}

impl Verdict {
    fn of(answer: Answer<'_>) -> Verdict {
        let Answer { outcome, floor, unknown_reason, requires, exemptions, duties, .. } = answer;
        Verdict { outcome, floor, unknown_reason, requires, exemptions, duties }
    }
}

impl Registry {
    /// Returns what changed the answer to a question, as revisions were
    /// published: each is named by its list and its sequence there, in the order
    /// in which they came. Asked is in the words of today.
    pub fn course(&self, question: &Question, published: &[(&ListId, u64)]) -> Result<Vec<Turn<'_>>, AskError> {
        let state = self.state();
        let mistakes = state.mistakes(question);
        if !mistakes.is_empty() {
            return Err(AskError::Mistakes(mistakes));
        }
        // What lies elsewhere never binds this data.
        let reach = state.places.in_reach(&question.from);
        let mut then = State { lists: std::collections::BTreeMap::new(), ..state.clone() };
        let mut before = Verdict::of(answer_on_its_day(&then, question));
        let mut turns = Vec::new();
        for (number, (id, sequence)) in published.iter().enumerate() {
            let list = state.lists.get(*id).filter(|it| reach.contains(&it.id.jurisdiction()));
            let issued = list.and_then(|it| it.revisions.iter().find(|it| it.sequence == *sequence));
            let Some(issued) = issued else { continue };
            let new = || Arc::new(List { id: (*id).clone(), revisions: Vec::new() });
            let list = then.lists.entry((*id).clone()).or_insert_with(new);
            Arc::make_mut(list).revisions.push(issued.clone());
            let after = Verdict::of(answer_on_its_day(&then, question));
            if after != before {
                let before = std::mem::replace(&mut before, after.clone());
                turns.push(Turn { number, issued, before, after });
            }
        }
        Ok(turns)
    }
}
