//! `repeals-with-entries`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "repeals-with-entries",
    severity: Severity::Warning,
    summary: "A revision that ends its list has no entries of its own.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let own = draft.own_entries().next();
    let Some(entry) = own.filter(|_| draft.revision.repeals) else { return Vec::new() };
    let mark = Mark::new(format!("the revision ends the list, and `{}` is never in force", entry.id));
    vec![mark.at(draft.in_entry(entry, &["id"])).hint("leave the entries out, or `repeals`")]
}
