//! `mixed-windows`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::without;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Condition, Entry, FactId};

pub(super) static RULE: Rule = Rule {
    id: "mixed-windows",
    severity: Severity::Note,
    summary: "Sibling entries count over the same window.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let windows = |one: &Entry, other: &Entry| -> Option<FactId> {
        let fact = one.when.iter().find_map(|(fact, it)| match (it, other.when.get(fact)) {
            (Condition::Count(_, a), Some(Condition::Count(_, b))) if a != b => Some(fact.clone()),
            _ => None,
        })?;
        let are_siblings = one.categories == other.categories
            && one.to == other.to
            && without(&one.when, &fact) == without(&other.when, &fact);
        are_siblings.then_some(fact)
    };
    let mark = |(one, other): (&Entry, &Entry)| {
        let fact = windows(one, other)?;
        let mark = Mark::new(format!("`{}` and `{}` count `{fact}` over different windows", one.id, other.id));
        let hint = "whoever states one number is asked for two: use one window, unless the law has two";
        Some(
            mark.at(draft.in_entry(one, &["when", fact.as_str()]))
                .hint(hint)
                .witness(draft.witness_of_both(one, other)),
        )
    };
    draft.pairs_once().filter_map(mark).collect()
}
