//! `scope-without-entry`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{CategoryId, Destinations, Scope};

pub(super) static RULE: Rule = Rule {
    id: "scope-without-entry",
    severity: Severity::Note,
    summary: "Every category of the scope is the subject of an entry.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let Scope::Only(scope) = &revision.scope else { return Vec::new() };
    if revision.entries.is_empty() || !draft.written.has(&["scope"]) {
        return Vec::new();
    }
    let categories = draft.setting.words.categories;
    let bound = || revision.entries.values().flat_map(|it| &it.categories);
    let is_met =
        |it: &CategoryId| bound().any(|entry| !categories.shared(it, entry).is_empty() || categories.covers(entry, it));
    let mark = |it: &CategoryId| {
        Mark::new(format!("the list speaks for `{it}` and has no entry on it, so that it permits all of it"))
            .at(draft.written.word(draft.written.span(&["scope"]), it.as_str()))
            .hint("is that what the law says? else narrow the scope, so that the list is silent")
            .witness(draft.question(it, &[&Destinations::Any], &revision.applies_when))
    };
    scope.iter().filter(|it| !is_met(it)).map(mark).collect()
}
