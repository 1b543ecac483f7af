//! `category-redundant`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::CategoryId;

pub(super) static RULE: Rule = Rule {
    id: "category-redundant",
    severity: Severity::Warning,
    summary: "A category stands in an entry once, and not also through a broader one.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let mut marks = Vec::new();
    for entry in draft.own_entries().filter(|it| it.combine.is_none()) {
        for category in &entry.categories {
            let broader = |it: &&CategoryId| *it != category && categories.covers(it, category);
            // What the broader one leaves out may be meant to be bound after all.
            let is_left_out = entry.except.iter().any(|it| !categories.shared(category, it).is_empty());
            let Some(broader) = entry.categories.iter().find(broader).filter(|_| !is_left_out) else { continue };
            let mark = Mark::new(format!("`{}` binds `{category}` already through `{broader}`", entry.id));
            let span = draft.written.word(draft.in_entry(entry, &["category"]), category.as_str());
            marks.push(mark.at(span).hint("leave one of them out"));
        }
    }
    marks
}
