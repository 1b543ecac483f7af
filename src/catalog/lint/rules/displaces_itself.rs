//! `displaces-itself`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "displaces-itself",
    severity: Severity::Error,
    summary: "A list does not take its own place.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let list = &draft.revision.list;
    if !draft.revision.displaces.contains(list) {
        return Vec::new();
    }
    let span = draft.written.word(draft.written.span(&["displaces"]), list.as_str());
    vec![
        Mark::new(format!("`{list}` displaces itself"))
            .at(span)
            .hint("leave it out: a new revision takes the place of the old one"),
    ]
}
