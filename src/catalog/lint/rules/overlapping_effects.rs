//! `overlapping-effects`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::{both, implies, word};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_gate;
use crate::model::Entry;

pub(super) static RULE: Rule = Rule {
    id: "overlapping-effects",
    severity: Severity::Note,
    summary: "Entries with different effects meet by design, and not half by chance.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let meets = |one: &Entry, other: &Entry| {
        is_gate(one)
            && is_gate(other)
            && word(&one.effect) != word(&other.effect)
            && one.categories == other.categories
            && one.except == other.except
            && one.to == other.to
            && !implies(&one.when, &other.when)
            && !implies(&other.when, &one.when)
            // Bands of one fact are judged by a rule of their own.
            && one.when.keys().collect::<Vec<_>>() != other.when.keys().collect::<Vec<_>>()
            && both(&one.when, &other.when).is_some()
    };
    let mark = |(one, other): (&Entry, &Entry)| {
        let (first, second) = (word(&one.effect), word(&other.effect));
        Mark::new(format!("`{}` ({first}) and `{}` ({second}) may both bind, and the severer counts", one.id, other.id))
            .at(draft.in_entry(one, &["when"]))
            .hint("if that is not meant, keep their conditions apart")
            .witness(draft.witness_of_both(one, other))
    };
    draft.pairs_once().filter(|(one, other)| meets(one, other)).map(mark).collect()
}
