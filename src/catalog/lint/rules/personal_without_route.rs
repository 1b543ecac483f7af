//! `personal-without-route`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_personal;
use crate::model::{Effect, Entry};

pub(super) static RULE: Rule = Rule {
    id: "personal-without-route",
    severity: Severity::Note,
    summary: "An entry on personal data names the routes by which it may go.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let is_open = |it: &&Entry| it.effect == Effect::Undetermined;
    let mark = |it: &Entry| {
        let personal = it.categories.iter().find(|it| is_personal(categories, it))?;
        let mark = Mark::new(format!("`{}` governs `{personal}` and names no route by which it may go", it.id));
        let hint = "say `conditional` with the routes as soon as they are known";
        Some(mark.at(draft.in_entry(it, &["effect"])).hint(hint).witness(draft.witness(it)))
    };
    draft.own_entries().filter(is_open).filter_map(mark).collect()
}
