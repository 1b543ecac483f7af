//! `excepted-whole`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::CategoryId;

pub(super) static RULE: Rule = Rule {
    id: "excepted-whole",
    severity: Severity::Warning,
    summary: "A category that an entry binds is not left out again as a whole.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let except = |category: &CategoryId| entry.except.iter().find(|it| categories.covers(it, category));
        // Where nothing is left, that is an error and another rule.
        if entry.categories.iter().all(|it| except(it).is_some()) {
            continue;
        }
        for category in &entry.categories {
            let Some(except) = except(category) else { continue };
            let mark =
                Mark::new(format!("`{}` binds `{category}` and leaves out `{except}`, which is all of it", entry.id));
            let span = draft.written.word(draft.in_entry(entry, &["category"]), category.as_str());
            marks.push(mark.at(span).hint("leave the category out of `category`, or a narrower one in `except`"));
        }
    }
    marks
}
