//! `contradicts-applies-when`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::contradiction;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "contradicts-applies-when",
    severity: Severity::Error,
    summary: "An entry can apply where its list does.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.entries_with(&["applies-when"]) {
        let Some(fact) = contradiction(&entry.when, &draft.revision.applies_when) else { continue };
        let mark =
            Mark::new(format!("`{}` never applies: its condition on `{fact}` excludes that of the list", entry.id));
        let span = draft.in_entry(entry, &["when", fact.as_str()]).or_else(|| draft.written.span(&["applies-when"]));
        marks.push(mark.at(span).hint("mend `when` here, or `applies-when` of the list"));
    }
    marks
}
