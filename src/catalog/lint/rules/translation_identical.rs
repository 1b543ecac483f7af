//! `translation-identical`

use crate::catalog::lint::draft::{Draft, Said};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "translation-identical",
    severity: Severity::Warning,
    summary: "A text and its translation differ.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_copied = |it: &Said<'_>| !it.text.en.trim().is_empty() && it.text.en.trim() == it.text.zh.trim();
    let mark = |it: Said<'_>| {
        Mark::new(format!("{} is the same in both languages", it.what)).at(it.span).hint("translate one of them")
    };
    draft.texts().into_iter().filter(is_copied).map(mark).collect()
}
