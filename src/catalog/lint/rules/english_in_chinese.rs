//! `english-in-chinese`

use crate::catalog::lint::draft::{Draft, Said, is_han};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "english-in-chinese",
    severity: Severity::Warning,
    summary: "An English text is written in Latin letters.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_copied = |it: &Said<'_>| it.text.en.trim() == it.text.zh.trim();
    let is_latin = |it: &Said<'_>| {
        let (latin, han) = it.text.en.chars().fold((0_usize, 0_usize), |(latin, han), it| {
            (latin + usize::from(it.is_ascii_alphabetic()), han + usize::from(is_han(it)))
        });
        // Names of laws may stand in Chinese.
        han <= latin
    };
    let mark = |it: Said<'_>| {
        Mark::new(format!("the English of {} is Chinese for the most part", it.what))
            .at(it.span)
            .hint("`en` is English; have they changed places?")
    };
    draft.texts().into_iter().filter(|it| !is_copied(it) && !is_latin(it)).map(mark).collect()
}
