//! `translation-missing`

use crate::catalog::lint::draft::{Draft, Said};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "translation-missing",
    severity: Severity::Error,
    summary: "A text stands in both languages.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let missing = |it: &Said<'_>| match (it.text.en.trim().is_empty(), it.text.zh.trim().is_empty()) {
        (true, false) => Some("English"),
        (false, true) => Some("Chinese"),
        (true, true) | (false, false) => None,
    };
    let mark = |it: Said<'_>| {
        let language = missing(&it)?;
        let mark = Mark::new(format!("{} is missing in {language}", it.what));
        Some(mark.at(it.span).hint("every text has `en` and `zh`"))
    };
    draft.texts().into_iter().filter_map(mark).collect()
}
