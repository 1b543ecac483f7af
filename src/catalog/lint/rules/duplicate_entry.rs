//! `duplicate-entry`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_gate;
use crate::model::Entry;

pub(super) static RULE: Rule = Rule {
    id: "duplicate-entry",
    severity: Severity::Warning,
    summary: "Two entries do not say the same.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_same = |one: &Entry, other: &Entry| {
        one.categories == other.categories
            && one.except == other.except
            && one.to == other.to
            && one.when == other.when
            && one.effect == other.effect
            && one.exemptions == other.exemptions
            && one.duties == other.duties
            && one.combine == other.combine
            && (is_gate(one) || one.note == other.note)
    };
    let pairs = draft.pairs_once().filter(|(one, other)| is_same(one, other));
    let mark = |(one, other): (&Entry, &Entry)| {
        Mark::new(format!("`{}` says the same as `{}`", one.id, other.id))
            .at(draft.in_entry(one, &["id"]))
            .hint("leave one of them out, and cite both articles in the other")
            .witness(draft.witness_of_both(one, other))
    };
    pairs.map(mark).collect()
}
