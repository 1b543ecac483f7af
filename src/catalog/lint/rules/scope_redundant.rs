//! `scope-redundant`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{CategoryId, Scope};

pub(super) static RULE: Rule = Rule {
    id: "scope-redundant",
    severity: Severity::Warning,
    summary: "A category stands in the scope once, and not also through a broader one.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let Scope::Only(scope) = &draft.revision.scope else { return Vec::new() };
    if !draft.written.has(&["scope"]) {
        return Vec::new();
    }
    let categories = draft.setting.words.categories;
    let broader = |it: &CategoryId| scope.iter().find(|other| *other != it && categories.covers(other, it));
    let mark = |it: &CategoryId| {
        let mark = Mark::new(format!("`{it}` is in the scope already through `{}`", broader(it)?));
        Some(mark.at(draft.written.word(draft.written.span(&["scope"]), it.as_str())).hint("leave it out"))
    };
    scope.iter().filter_map(mark).collect()
}
