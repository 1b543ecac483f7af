//! `translation-identical`

use crate::catalog::lint::draft::{Draft, Said};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_copied;

pub(super) static RULE: Rule = Rule {
    id: "translation-identical",
    severity: Severity::Warning,
    summary: "A text and its translation differ.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mark = |it: Said<'_>| {
        Mark::new(format!("{} is the same in both languages", it.what)).at(it.span).hint("translate one of them")
    };
    draft.texts().into_iter().filter(|it| is_copied(it.text)).map(mark).collect()
}
