//! `scope-empty`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Scope;

pub(super) static RULE: Rule = Rule {
    id: "scope-empty",
    severity: Severity::Error,
    summary: "A list speaks for something.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    if draft.revision.scope != Scope::Only(BTreeSet::new()) {
        return Vec::new();
    }
    let span = draft.written.span(&["scope"]).or_else(|| draft.written.span(&["list"]));
    let hint = "name the categories that the law claims, or `[\"*\"]` for all data";
    vec![Mark::new("the scope of the list is empty").at(span).hint(hint)]
}
