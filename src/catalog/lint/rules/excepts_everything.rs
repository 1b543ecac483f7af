//! `excepts-everything`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{CategoryId, Entry};

pub(super) static RULE: Rule = Rule {
    id: "excepts-everything",
    severity: Severity::Error,
    summary: "An entry leaves something to bind.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let is_left_out = |it: &CategoryId, entry: &Entry| entry.except.iter().any(|except| categories.covers(except, it));
    let nothing = |entry: &&Entry| entry.categories.iter().all(|it| is_left_out(it, entry));
    let mark = |it: &Entry| {
        let mark = Mark::new(format!("`{}` leaves out all that it binds, and so never applies", it.id));
        mark.at(draft.in_entry(it, &["except"])).hint("bind a broader category, or leave out narrower ones")
    };
    draft.own_entries().filter(nothing).map(mark).collect()
}
