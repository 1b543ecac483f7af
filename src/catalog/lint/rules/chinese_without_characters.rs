//! `chinese-without-characters`

use crate::catalog::lint::draft::{Draft, Said, is_han};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "chinese-without-characters",
    severity: Severity::Warning,
    summary: "A Chinese text has Chinese characters.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_copied = |it: &Said<'_>| it.text.en.trim() == it.text.zh.trim();
    let is_chinese = |it: &Said<'_>| it.text.zh.chars().any(is_han) || it.text.zh.trim().is_empty();
    let mark = |it: Said<'_>| {
        let mark = Mark::new(format!("the Chinese of {} has no Chinese characters", it.what));
        mark.at(it.span).hint("`zh` is simplified Chinese")
    };
    draft.texts().into_iter().filter(|it| !is_copied(it) && !is_chinese(it)).map(mark).collect()
}
