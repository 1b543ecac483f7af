//! The generated registries of the programs that measure: what they are asked
//! is understood, leaves nothing open, and meets what it should.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../benches/common/generate.rs"]
mod generate;

use std::collections::BTreeSet;

use generate::{Kind, Size};
use neglist::canon::Chains;
use neglist::evaluate::answer;
use neglist::model::{Outcome, State};

/// A few places of size M, and a few of their revisions: so few questions to so
/// few lists only come near the 0.8 of all.
const FEW: Size = Size { jurisdictions: 6, revisions: 10, entries: 500, changed_per_mille: 20 };
const QUESTIONS: u32 = 150;
const SEED: u64 = 1;

fn mean_matches(state: &State, kind: Kind) -> f64 {
    let mut seen = BTreeSet::new();
    let mut matches = 0;
    let questions = generate::questions(state, QUESTIONS as usize, SEED, kind);
    for question in &questions {
        assert_eq!(state.mistakes(question), []);
        let answer = answer(state, question);
        assert!(answer.is_decided() || kind == Kind::AnyCategory, "{question:?} leaves something open");
        matches += u32::try_from(answer.matches.len()).unwrap();
        seen.insert(answer.outcome);
    }
    assert_eq!(seen, BTreeSet::from(Outcome::ALL));
    f64::from(matches) / f64::from(QUESTIONS)
}

#[test]
fn questions_meet_about_as_many_entries_as_they_should() {
    let state = generate::state(FEW, SEED);
    for kind in [Kind::BothAxes, Kind::KnownNow] {
        let mean = mean_matches(&state, kind);
        assert!((0.5..1.5).contains(&mean), "{kind:?}: {mean}");
    }
}

#[test]
fn what_is_published_one_by_one_is_the_same_registry() {
    let size = Size { jurisdictions: 40, revisions: 20, entries: 10, changed_per_mille: 100 };
    let state = generate::state(size, SEED);
    let mut chains = Chains::default();
    for publication in generate::publications(size, SEED) {
        let record = chains.prepare(publication, "2026-01-01T00:00:00Z").unwrap();
        chains = chains.append(record);
    }
    let published = chains.state().unwrap();
    assert_eq!(published.head.size, state.head.size);
    assert_eq!((&published.categories, &published.vocabulary), (&state.categories, &state.vocabulary));
    for (id, list) in &state.lists {
        let revisions = published.lists[id].revisions.iter().map(|it| &it.revision);
        assert!(revisions.eq(list.revisions.iter().map(|it| &it.revision)), "{id}");
    }
    let withdrawn = state.lists.values().flat_map(|it| &it.revisions).filter(|it| !it.revision.withdraws.is_empty());
    assert_ne!(withdrawn.count(), 0);
}
