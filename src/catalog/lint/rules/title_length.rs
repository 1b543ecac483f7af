//! `title-length`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "title-length",
    severity: Severity::Warning,
    summary: "A title fits into a line of a table.",
    check: Check::Draft(check),
};

/// The most characters of an English and of a Chinese title.
const MOST: (usize, usize) = (100, 50);

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let title = &draft.revision.title;
    let (en, zh) = (title.en.chars().count(), title.zh.chars().count());
    if (en <= MOST.0 && zh <= MOST.1) || !draft.written.has(&["title"]) {
        return Vec::new();
    }
    let mark = Mark::new(format!("the title has {en} characters in English and {zh} in Chinese"));
    let hint = format!("at most {} and {}: say the rest in `summary`", MOST.0, MOST.1);
    vec![mark.at(draft.written.span(&["title"])).hint(hint)]
}
