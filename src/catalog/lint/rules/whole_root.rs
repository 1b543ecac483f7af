//! `whole-root`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::is_gate;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Entry};

pub(super) static RULE: Rule = Rule {
    id: "whole-root",
    severity: Severity::Warning,
    summary: "A whole root of the catalog is not restricted without a threshold or a condition.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    if !revision.applies_when.is_empty() || revision.applies_to != Destinations::Any {
        return Vec::new();
    }
    let is_bare = |it: &&Entry| is_gate(it) && it.when.is_empty() && it.except.is_empty() && it.to == Destinations::Any;
    let mark = |it: &Entry| {
        let root = it.categories.iter().find(|it| it.depth() == 0)?;
        let mark =
            Mark::new(format!("`{}` restricts all of `{root}`, without threshold, condition or destination", it.id));
        let hint = "name the categories that need it, a threshold with `when`, or what is left out with `except`";
        let span = draft.written.word(draft.in_entry(it, &["category"]), root.as_str());
        Some(mark.at(span).hint(hint).witness(draft.witness(it)))
    };
    draft.own_entries().filter(is_bare).filter_map(mark).collect()
}
