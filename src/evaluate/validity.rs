//! How long an answer stays the same.
//!
//! It can only change where a revision of a list in reach takes effect or runs
//! out, and where a membership begins or ends. The question is asked again on
//! each of these days, outwards from its own, until the verdict differs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::evaluate::applies::Assumed;
use crate::evaluate::reference::{Findings, find};
use crate::model::{At, End, Question, State, Validity};

/// Returns the interval over which the findings of a question stay the same.
pub(crate) fn validity(state: &State, question: &Question, findings: &Findings<'_>) -> Validity {
    let verdict = findings.verdict();
    let changes = changes(state, question);
    let is_same_on = |day: Date| {
        let question = Question { at: At(day), ..question.clone() };
        find(state, &question, &Assumed::default()).verdict() == verdict
    };
    let mut from = None;
    for (&day, _) in changes.range(..=question.at.0).rev() {
        from = Some(day);
        // What held on the day before it held since the change before it.
        if !day.yesterday().is_ok_and(is_same_on) {
            return Validity { from, ..until(&changes, question, is_same_on) };
        }
        from = None;
    }
    Validity { from, ..until(&changes, question, is_same_on) }
}

fn until(changes: &BTreeMap<Date, Vec<End>>, question: &Question, is_same_on: impl Fn(Date) -> bool) -> Validity {
    let later = changes.iter().filter(|(day, _)| question.at.0 < **day);
    for (&day, ends) in later {
        if !is_same_on(day) {
            return Validity { from: None, until: Some(day), ends_with: ends.first().cloned() };
        }
    }
    Validity { from: None, until: None, ends_with: None }
}

/// Returns every day on which the answer might change, with what happens.
fn changes(state: &State, question: &Question) -> BTreeMap<Date, Vec<End>> {
    let mut changes: BTreeMap<Date, Vec<End>> = BTreeMap::new();
    let mut in_reach: BTreeSet<_> = state.places.with_parents(&question.from).into_iter().collect();
    in_reach.extend(state.places.memberships(&question.from).into_iter().map(|(bloc, _)| bloc.clone()));
    for list in state.lists.values().filter(|it| in_reach.contains(&it.id.jurisdiction())) {
        for issued in &list.revisions {
            let revision = &issued.revision;
            if question.known_on.is_some_and(|day| !revision.published.is_known_on(day)) {
                continue;
            }
            let (list, version) = (&revision.list, &revision.version);
            if let Some(effective) = revision.effective {
                let end = End::Revision { list: list.clone(), version: version.clone() };
                changes.entry(effective.0).or_default().push(end);
            }
            if let Some(expires) = revision.expires {
                let end = End::Expiry { list: list.clone(), version: version.clone() };
                changes.entry(expires).or_default().push(end);
            }
        }
    }
    for place in std::iter::once(&question.from).chain(&question.to) {
        for (bloc, membership) in state.places.memberships(place) {
            let end = End::Membership { bloc: bloc.clone(), place: membership.place.clone() };
            for day in std::iter::once(membership.from).chain(membership.until) {
                changes.entry(day).or_default().push(end.clone());
            }
        }
    }
    changes
}
