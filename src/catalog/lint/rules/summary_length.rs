//! `summary-length`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "summary-length",
    severity: Severity::Warning,
    summary: "A summary is a sentence or two.",
    check: Check::Draft(check),
};

/// The most characters of an English and of a Chinese summary.
const MOST: (usize, usize) = (400, 200);

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let summary = &draft.revision.summary;
    let (en, zh) = (summary.en.chars().count(), summary.zh.chars().count());
    if en <= MOST.0 && zh <= MOST.1 {
        return Vec::new();
    }
    let mark = Mark::new(format!("the summary has {en} characters in English and {zh} in Chinese"));
    let hint = format!("at most {} and {}: say what changed, and the rest in `doubts` and notes", MOST.0, MOST.1);
    vec![mark.at(draft.written.span(&["summary"])).hint(hint)]
}
