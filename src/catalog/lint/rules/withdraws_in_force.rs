//! `withdraws-in-force`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Revision;

pub(super) static RULE: Rule = Rule {
    id: "withdraws-in-force",
    severity: Severity::Error,
    summary: "What is taken back had not taken effect.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let withdrawn = draft.history.iter().flatten().filter(|it| revision.withdraws.contains(&it.version));
    let bound = withdrawn.filter(|it| it.effective.is_some_and(|day| day.0 <= revision.published.0));
    let mark = |it: &&Revision| {
        let day = it.effective.map(|it| it.to_string()).unwrap_or_default();
        let mark = Mark::new(format!(
            "version {} took effect on {day}, and cannot be taken back on {}",
            it.version, revision.published
        ));
        let span = draft.written.word(draft.written.span(&["withdraws"]), &it.version.to_string());
        mark.at(span).hint("what was in force was in force: end or replace it with a revision")
    };
    bound.map(mark).collect()
}
