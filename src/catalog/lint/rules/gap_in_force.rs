//! `gap-in-force`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{At, Question};

pub(super) static RULE: Rule = Rule {
    id: "gap-in-force",
    severity: Severity::Warning,
    summary: "Between two revisions of a list there is no day without one, unless that is said.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let (Some(before), Some(effective)) = (draft.predecessor(), draft.revision.effective) else { return Vec::new() };
    let Some(expires) = before.expires.filter(|it| *it < effective.0) else { return Vec::new() };
    let last = effective.0.yesterday().unwrap_or(effective.0);
    let mark = Mark::new(format!(
        "from {expires} to {last} no revision is in force, since {} has run out by then",
        before.version
    ));
    let hint = "an `effective` on the day on which the other expires leaves none out; intervals are half-open";
    let question = draft.own_entries().next().and_then(|it| draft.witness(it));
    let question = question.map(|it| Question { at: At(expires), ..it });
    vec![mark.at(draft.written.span(&["effective"])).hint(hint).witness(question)]
}
