//! What publishing a revision would come to, before anything is signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use semver::Version;

use crate::catalog::{Draft, Expected, UnknownWord, Words};
use crate::compare::{Class, Ground, Verdicts, Witness, verdicts};
use crate::evaluate::answer;
use crate::model::{Hash, Issued, List, ListId, Outcome, QuestionMistake, Revision, State};

/// What publishing a draft would come to.
#[derive(Debug)]
pub struct Plan {
    /// The state as it would be.
    pub state: State,
    /// The revision that the draft is compared with: the last of its list
    /// that is not withdrawn, by the draft or before.
    pub before: Option<Arc<Revision>>,
    /// What becomes of the answers of the list.
    pub verdicts: Verdicts,
    /// Golden questions that the registry would answer otherwise.
    pub missed: Vec<MissedExpectation>,
}

/// A golden question that the registry would answer otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissedExpectation {
    /// What is expected.
    pub expected: Expected,
    /// What it would be.
    pub found: Outcome,
}

/// Why a draft cannot be published as it stands.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It uses words that the catalog does not have.
    #[error("the draft uses words that the catalog does not have")]
    Words(Vec<UnknownWord>),
    /// Another version came after the one that the draft was made from.
    #[error("the draft follows {follows} of `{list}`, and {} since", came(.last.as_ref()))]
    Overtaken {
        /// The list.
        list: ListId,
        /// The version that the draft follows.
        follows: Version,
        /// The last version that was published.
        last: Option<Version>,
    },
    /// A golden question is not understood.
    #[error("a golden question of the draft is not understood")]
    Question(Vec<QuestionMistake>),
    /// The version says less than what the revision does to answers.
    #[error("version {declared} declares a {} after {before}, and the answers make it a {}",
        Class::declared(.before, .declared).word(), .class.word())]
    Understated {
        /// The version of the revision before.
        before: Version,
        /// The version of the draft.
        declared: Version,
        /// What the answers make of it.
        class: Class,
        /// Questions that show it.
        witnesses: Vec<Witness>,
    },
}

fn came(last: Option<&Version>) -> String {
    last.map_or_else(|| "no version was published".to_owned(), |it| format!("{it} was published"))
}

/// Tries a draft out against a state.
pub fn plan(state: &State, draft: &Draft) -> Result<Plan, PlanError> {
    let revision = &draft.revision;
    let mut lists: BTreeSet<ListId> = state.lists.keys().cloned().collect();
    lists.insert(revision.list.clone());
    let (categories, vocabulary, places) = (&state.categories, &state.vocabulary, &state.places);
    let unknown = Words { categories, vocabulary, places, lists: &lists }.unknown(revision);
    if !unknown.is_empty() {
        return Err(PlanError::Words(unknown));
    }
    let last = state.lists.get(&revision.list).and_then(|it| it.head()).map(|it| &it.revision.version);
    if let Some(follows) = draft.follows.as_ref().filter(|it| Some(*it) != last) {
        let (list, follows, last) = (revision.list.clone(), follows.clone(), last.cloned());
        return Err(PlanError::Overtaken { list, follows, last });
    }
    let before = state.lists.get(&revision.list).and_then(|it| base_of(it, &revision.withdraws));
    let at = revision.first_day();
    let verdicts = verdicts(Ground::of(state, at), before.as_deref(), revision);
    if let Some(before) = before
        .as_ref()
        .map(|it| &it.version)
        .filter(|it| **it < revision.version && Class::declared(it, &revision.version) < verdicts.class)
    {
        let witnesses = verdicts.regions.into_iter().flat_map(|it| it.witnesses).collect();
        let (before, declared) = (before.clone(), revision.version.clone());
        return Err(PlanError::Understated { before, declared, class: verdicts.class, witnesses });
    }
    let tried = with_revision(state, revision);
    let mut missed = Vec::new();
    for expected in &draft.expectations {
        let mistakes = tried.mistakes(&expected.question);
        if !mistakes.is_empty() {
            return Err(PlanError::Question(mistakes));
        }
        let found = answer(&tried, &expected.question).outcome;
        if found != expected.outcome {
            missed.push(MissedExpectation { expected: expected.clone(), found });
        }
    }
    Ok(Plan { state: tried, before, verdicts, missed })
}

/// Returns the last revision of a list that is not withdrawn, neither by
/// another of its revisions nor by one that is to come.
fn base_of(list: &List, withdraws: &BTreeSet<Version>) -> Option<Arc<Revision>> {
    let withdrawn: BTreeSet<&Version> =
        list.revisions.iter().flat_map(|it| &it.revision.withdraws).chain(withdraws).collect();
    let last = list.revisions.iter().rev().find(|it| !withdrawn.contains(&it.revision.version));
    last.map(|it| Arc::new(it.revision.clone()))
}

/// Returns a state in which a revision was published. It has no hash, and
/// answers do not depend on one.
pub(crate) fn with_revision(state: &State, revision: &Revision) -> State {
    let mut state = state.clone();
    let id = revision.list.clone();
    let list = state.lists.entry(id.clone()).or_insert_with(|| Arc::new(List { id, revisions: Vec::new() }));
    let (sequence, previous) = (list.revisions.len() as u64, list.head().map(|it| it.hash));
    Arc::make_mut(list).revisions.push(Issued { sequence, previous, hash: Hash([0; 32]), revision: revision.clone() });
    state
}
