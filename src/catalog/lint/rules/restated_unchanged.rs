//! `restated-unchanged`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Entry;

pub(super) static RULE: Rule = Rule {
    id: "restated-unchanged",
    severity: Severity::Note,
    summary: "With a base, a file says only what changes.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let Some(base) = draft.base() else { return Vec::new() };
    let is_same = |it: &&Entry| base.entries.get(&it.id).is_some_and(|before| before.as_ref() == *it);
    let mark = |it: &Entry| {
        let mark = Mark::new(format!("`{}` stands in version {} word for word", it.id, base.version));
        mark.at(draft.in_entry(it, &["id"])).hint("leave it out: what is not said is as in the base")
    };
    draft.own_entries().filter(is_same).map(mark).collect()
}
