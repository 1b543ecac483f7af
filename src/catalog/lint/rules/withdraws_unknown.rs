//! `withdraws-unknown`

use semver::Version;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::near::did_you_mean;

pub(super) static RULE: Rule = Rule {
    id: "withdraws-unknown",
    severity: Severity::Error,
    summary: "What is taken back was published before, in this list.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let Some(history) = &draft.history else { return Vec::new() };
    let is_known =
        |version: &Version| history.iter().any(|it| it.version == *version && it.published <= revision.published);
    let mark = |it: &Version| {
        let mark = Mark::new(format!("no version {it} of the list was published before"));
        let span = draft.written.word(draft.written.span(&["withdraws"]), &it.to_string());
        let near = did_you_mean(
            &it.to_string(),
            history.iter().map(|it| it.version.to_string()).collect::<Vec<_>>().iter().map(String::as_str),
        );
        let near = near.unwrap_or_else(|| "`withdraws` names versions of this list that are waiting".to_owned());
        mark.at(span).hint(near)
    };
    revision.withdraws.iter().filter(|it| !is_known(it)).map(mark).collect()
}
