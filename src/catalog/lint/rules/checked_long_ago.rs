//! `checked-long-ago`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "checked-long-ago",
    severity: Severity::Warning,
    summary: "The source of a revision that is in force, or will be, was compared within the last year.",
    check: Check::Draft(check),
};

/// After so many days a source is to be looked at again.
const DAYS: i32 = 365;

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let (checked, today) = (revision.source.checked, draft.setting.today);
    let superseded = |it: &&crate::model::Revision| {
        revision.effective < it.effective && it.effective.is_some_and(|day| day.0 <= today)
    };
    if draft.history.iter().flatten().any(superseded) || revision.expires.is_some_and(|it| it <= today) {
        return Vec::new();
    }
    let days = (today - checked).get_days();
    if days <= DAYS {
        return Vec::new();
    }
    let mark = Mark::new(format!("the source was last checked on `{checked}`, {days} days ago"));
    let hint = "compare the file with the source, and say the day in `checked`";
    vec![mark.at(draft.written.span(&["source", "checked"])).hint(hint)]
}
