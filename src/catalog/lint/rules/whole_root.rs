//! `whole-root`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::{is_bare, is_gate};
use crate::model::Entry;

pub(super) static RULE: Rule = Rule {
    id: "whole-root",
    severity: Severity::Warning,
    summary: "A whole root of the catalog is not restricted without a threshold or a condition.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_whole = |it: &&Entry| is_gate(it) && is_bare(draft.revision, it);
    let mark = |it: &Entry| {
        let root = it.categories.iter().find(|it| it.depth() == 0)?;
        let mark =
            Mark::new(format!("`{}` restricts all of `{root}`, without threshold, condition or destination", it.id));
        let hint = "name the categories that need it, a threshold with `when`, or what is left out with `except`";
        let span = draft.written.word(draft.in_entry(it, &["category"]), root.as_str());
        Some(mark.at(span).hint(hint).witness(draft.witness(it)))
    };
    draft.own_entries().filter(is_whole).filter_map(mark).collect()
}
