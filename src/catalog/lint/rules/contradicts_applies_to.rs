//! `contradicts-applies-to`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Entry};

pub(super) static RULE: Rule = Rule {
    id: "contradicts-applies-to",
    severity: Severity::Error,
    summary: "An entry can bind a destination towards which its list applies.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let list = &draft.revision.applies_to;
    if *list == Destinations::Any {
        return Vec::new();
    }
    let entries = draft.entries_with(&["applies-to"]).filter(|it| it.to != Destinations::Only(BTreeSet::new()));
    let mark = |it: &Entry| {
        let mark =
            Mark::new(format!("`{}` never applies: the list does not apply towards any of its destinations", it.id));
        let span = draft.in_entry(it, &["to"]).or_else(|| draft.written.span(&["applies-to"]));
        mark.at(span).hint("mend `to` here, or `applies-to` of the list")
    };
    entries.filter(|it| draft.never_both(&it.to, list)).map(mark).collect()
}
