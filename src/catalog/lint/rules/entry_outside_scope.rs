//! `entry-outside-scope`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{CategoryId, Scope};

pub(super) static RULE: Rule = Rule {
    id: "entry-outside-scope",
    severity: Severity::Warning,
    summary: "An entry binds categories for which the list claims to speak.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let Scope::Only(scope) = &draft.revision.scope else { return Vec::new() };
    let categories = draft.setting.words.categories;
    let is_met = |category: &CategoryId| {
        scope
            .iter()
            .any(|it| !categories.shared(category, it).is_empty() || !categories.shared(it, category).is_empty())
    };
    let mut marks = Vec::new();
    if scope.is_empty() {
        return marks;
    }
    for entry in draft.entries_with(&["scope"]) {
        for category in entry.categories.iter().filter(|it| !is_met(it)) {
            let span = draft.written.word(draft.in_entry(entry, &["category"]), category.as_str());
            let mark = Mark::new(format!("`{}` binds `{category}`, for which the list does not speak", entry.id));
            let hint = "add the category to `scope`, or leave it to a list that speaks for it";
            let question = draft.question(category, &[&entry.to], &entry.when);
            marks.push(mark.at(span.or_else(|| draft.written.span(&["scope"]))).hint(hint).witness(question));
        }
    }
    marks
}
