//! `retroactive-unneeded`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "retroactive-unneeded",
    severity: Severity::Warning,
    summary: "A reason for binding from before publication is given only where the revision does so.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let binds_earlier = revision.effective.is_some_and(|it| it.0 < revision.published.0);
    if revision.retroactive.is_none() || binds_earlier {
        return Vec::new();
    }
    let mark = Mark::new("`retroactive` gives a reason, and the revision does not bind from before its publication");
    vec![mark.at(draft.written.span(&["retroactive"])).hint("leave it out, or look at `published` and `effective`")]
}
