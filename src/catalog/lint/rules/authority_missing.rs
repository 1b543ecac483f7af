//! `authority-missing`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "authority-missing",
    severity: Severity::Error,
    summary: "A revision names the body that made the rule.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    if !draft.revision.authority.trim().is_empty() {
        return Vec::new();
    }
    let span = draft.written.span(&["authority"]).or_else(|| draft.written.span(&["list"]));
    vec![Mark::new("`authority` is empty").at(span).hint("name the body whose rule it is")]
}
