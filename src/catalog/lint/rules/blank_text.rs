//! `blank-text`

use crate::catalog::lint::draft::{Draft, Said};
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Objective;

pub(super) static RULE: Rule =
    Rule { id: "blank-text", severity: Severity::Error, summary: "A text says something.", check: Check::Draft(check) };

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_blank = |it: &Said<'_>| it.text.en.trim().is_empty() && it.text.zh.trim().is_empty();
    // That an objective is not explained weighs more, and has a rule of its own.
    let is_unexplained = |it: &Said<'_>| it.entry.is_some_and(|entry| entry.objective == Objective::Other);
    let blank = draft.texts().into_iter().filter(|it| is_blank(it) && !is_unexplained(it));
    let mark = |it: Said<'_>| Mark::new(format!("{} is empty", it.what)).at(it.span).hint("say it in a sentence");
    blank.map(mark).collect()
}
