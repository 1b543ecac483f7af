//! `dormant-without-reason`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "dormant-without-reason",
    severity: Severity::Warning,
    summary: "A revision without an effective date says why it has none.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    if revision.effective.is_some() || !revision.doubts.is_empty() || !revision.notes.is_empty() {
        return Vec::new();
    }
    let mark = Mark::new("the revision has no `effective` date, and nothing says why");
    let hint = "give the date, or say in `doubts` or `notes` what it waits for";
    vec![mark.at(draft.written.span(&["published"])).hint(hint)]
}
