//! How long an answer stays the same.
//!
//! It can only change where a revision of a list in reach takes effect or runs
//! out, and where a membership begins or ends. The question is asked again on
//! each of these days, outwards from its own, until the verdict differs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::evaluate::applies::Assumed;
use crate::evaluate::reference::{Findings, find};
use crate::model::{At, End, InForce, Question, State, Validity};

/// Returns the interval over which the findings of a question stay the same.
pub(crate) fn validity(state: &State, question: &Question, findings: &Findings<'_>) -> Validity {
    let verdict = findings.verdict();
    let changes = changes(state, question);
    let on = |day: Date| find(state, &Question { at: At(day), ..question.clone() }, &Assumed::default());
    // What held on the day before a change held since the change before it.
    let is_same_before = |day: Date| day.yesterday().is_ok_and(|it| on(it).verdict() == verdict);
    let mut before = changes.range(..=question.at.0).rev();
    let from = before.find(|(day, _)| !is_same_before(**day)).map(|(day, _)| *day);
    for (&day, ends) in changes.range(question.at.0..).filter(|(day, _)| question.at.0 < **day) {
        let then = on(day);
        if then.verdict() != verdict {
            let ends_with = decisive(ends, findings, &then);
            return Validity { from, until: Some(day), ends_with };
        }
    }
    Validity { from, until: None, ends_with: None }
}

/// Of all that happens on a day, returns what changed the entries behind the
/// findings, or else the first.
pub(crate) fn decisive(ends: &[End], before: &Findings<'_>, after: &Findings<'_>) -> Option<End> {
    let (before, after) = (before.entries(), after.entries());
    let changed: BTreeSet<_> = before.symmetric_difference(&after).map(|(list, _)| *list).collect();
    let is_decisive = |it: &&End| match it {
        End::Revision { list, .. } | End::Expiry { list, .. } => changed.contains(list),
        End::Membership { .. } => false,
    };
    ends.iter().find(is_decisive).or(ends.first()).cloned()
}

/// Returns every day on which the answer might change, with what happens.
pub(crate) fn changes(state: &State, question: &Question) -> BTreeMap<Date, Vec<End>> {
    let mut changes: BTreeMap<Date, Vec<End>> = BTreeMap::new();
    let in_reach = state.places.in_reach(&question.from);
    for list in state.lists.values().filter(|it| in_reach.contains(&it.id.jurisdiction())) {
        for issued in &list.revisions {
            let revision = &issued.revision;
            if question.known_on.is_some_and(|day| !revision.published.is_known_on(day)) {
                continue;
            }
            let (id, version) = (&revision.list, &revision.version);
            // One that is not in force on its own first day never is: it was
            // withdrawn, or another took its place that day.
            let begins = |day: &crate::model::Effective| match list.in_force(At(day.0), question.known_on) {
                InForce::Yes(it) | InForce::Lapsed(it) => it.sequence == issued.sequence,
                InForce::NotYet => false,
            };
            if let Some(effective) = revision.effective.filter(begins) {
                let end = End::Revision { list: id.clone(), version: version.clone() };
                changes.entry(effective.0).or_default().push(end);
            }
            if let Some(expires) = revision.expires {
                let end = End::Expiry { list: id.clone(), version: version.clone() };
                changes.entry(expires).or_default().push(end);
            }
        }
    }
    for (day, end) in memberships(state, question) {
        changes.entry(day).or_default().push(end);
    }
    changes
}

/// Returns every day on which a place of the question, or of its members,
/// joins or leaves a bloc.
pub(crate) fn memberships(state: &State, question: &Question) -> Vec<(Date, End)> {
    let places = std::iter::once(&question.from).chain(&question.to).flat_map(|it| state.places.with_members(it));
    let memberships = places.flat_map(|it| state.places.memberships(it));
    let days = memberships.flat_map(|(bloc, it)| {
        let end = End::Membership { bloc: bloc.clone(), place: it.place.clone() };
        std::iter::once(it.from).chain(it.until).map(move |day| (day, end.clone()))
    });
    days.collect()
}
