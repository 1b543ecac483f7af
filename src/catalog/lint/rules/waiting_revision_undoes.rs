//! `waiting-revision-undoes`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Revision;

pub(super) static RULE: Rule = Rule {
    id: "waiting-revision-undoes",
    severity: Severity::Warning,
    summary: "A revision is not undone by one that was already waiting.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let (Some(history), Some(effective)) = (&draft.history, revision.effective) else { return Vec::new() };
    let is_waiting = |it: &&&Revision| {
        it.version < revision.version
            && it.published <= revision.published
            && it.effective.is_some_and(|day| effective < day)
            && !revision.withdraws.contains(&it.version)
    };
    // Something later takes its place, or takes it back.
    let is_replaced = |waiting: &Revision| {
        history.iter().any(|it| {
            it.withdraws.contains(&waiting.version)
                || (waiting.version < it.version && waiting.effective == it.effective)
        })
    };
    let waiting = history.iter().filter(is_waiting).filter(|it| !is_replaced(it));
    let mark = |it: &&Revision| {
        let day = it.effective.map(|it| it.to_string()).unwrap_or_default();
        let mark =
            Mark::new(format!("version {}, published before, takes effect on {day} and undoes this one", it.version));
        let hint = "a revision is a whole state: publish the waiting one anew with this change in it, or name it in `withdraws`";
        mark.at(draft.written.span(&["effective"])).hint(hint)
    };
    waiting.map(mark).collect()
}
