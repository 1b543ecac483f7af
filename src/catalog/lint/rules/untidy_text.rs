//! `untidy-text`

use crate::catalog::lint::draft::{Draft, Said};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "untidy-text",
    severity: Severity::Warning,
    summary: "Texts have no spaces at their ends, and none doubled.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_untidy =
        |it: &str| it.trim() != it && !it.trim().is_empty() || it.trim().contains("  ") || it.contains('\t');
    let mark = |it: Said<'_>| {
        let mark = Mark::new(format!("{} has spaces at its ends, or doubled", it.what));
        mark.at(it.span).hint("texts are shown, wrapped and compared as they stand")
    };
    draft.texts().into_iter().filter(|it| is_untidy(&it.text.en) || is_untidy(&it.text.zh)).map(mark).collect()
}
