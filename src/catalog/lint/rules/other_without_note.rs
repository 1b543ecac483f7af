//! `other-without-note`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Entry, Objective};

pub(super) static RULE: Rule = Rule {
    id: "other-without-note",
    severity: Severity::Error,
    summary: "An entry whose objective is `other` says in its note what it is for.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_silent = |it: &&Entry| it.note.en.trim().is_empty() && it.note.zh.trim().is_empty();
    let entries = draft.own_entries().filter(|it| it.objective == Objective::Other).filter(is_silent);
    let mark = |it: &Entry| {
        let mark = Mark::new(format!("the objective of `{}` is `other`, and its note is empty", it.id));
        mark.at(draft.in_entry(it, &["objective"])).hint("say what it is for, or name the objective")
    };
    entries.map(mark).collect()
}
