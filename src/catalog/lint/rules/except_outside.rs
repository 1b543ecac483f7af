//! `except-outside`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::CategoryId;

pub(super) static RULE: Rule = Rule {
    id: "except-outside",
    severity: Severity::Warning,
    summary: "What an entry leaves out is something that it would bind.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let is_bound = |except: &CategoryId| {
            entry.categories.iter().any(|it| !categories.shared(it, except).is_empty() || categories.covers(except, it))
        };
        for except in entry.except.iter().filter(|it| !is_bound(it)) {
            let mark = Mark::new(format!("`{}` leaves out `{except}`, which it does not bind anyway", entry.id));
            let span = draft.written.word(draft.in_entry(entry, &["except"]), except.as_str());
            marks.push(mark.at(span).hint("leave it out, or is another category meant?"));
        }
    }
    marks
}
