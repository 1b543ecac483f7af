//! `checked-in-future`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "checked-in-future",
    severity: Severity::Error,
    summary: "The day on which the source was compared is not in the future.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let (checked, today) = (draft.revision.source.checked, draft.setting.today);
    if checked <= today {
        return Vec::new();
    }
    let mark = Mark::new(format!("the source was checked on `{checked}`, and today is {today}"));
    vec![mark.at(draft.written.span(&["source", "checked"])).hint("give the day on which somebody compared them")]
}
