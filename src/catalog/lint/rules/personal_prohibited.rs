//! `personal-prohibited`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_personal;
use crate::model::{Effect, Entry};

pub(super) static RULE: Rule = Rule {
    id: "personal-prohibited",
    severity: Severity::Warning,
    summary: "Personal data has a way out: an exemption, a condition, or a route.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let is_closed = |it: &&Entry| {
        it.effect == Effect::Prohibited
            && it.exemptions.is_empty()
            && it.when.is_empty()
            && draft.revision.applies_when.is_empty()
    };
    let mark = |it: &Entry| {
        let personal = it.categories.iter().find(|it| is_personal(categories, it))?;
        let mark = Mark::new(format!("`{}` prohibits `{personal}` with no route and no exemption", it.id));
        let hint = "give `exemptions`, conditions under which it binds, or routes with `conditional`; the Initiative asks \
                    that personal data can move";
        let span = draft.in_entry(it, &["effect"]);
        Some(mark.at(span).hint(hint).witness(draft.witness(it)))
    };
    draft.own_entries().filter(is_closed).filter_map(mark).collect()
}
