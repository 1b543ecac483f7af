//! `personal-approval-only`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_personal;
use crate::model::{Alternative, Effect};

pub(super) static RULE: Rule = Rule {
    id: "personal-approval-only",
    severity: Severity::Note,
    summary: "Personal data has a route that needs no decision of an authority.",
    check: Check::Draft(check),
};

/// Mechanisms that are a decision of an authority on the single case.
const DECISIONS: [&str; 5] =
    ["security-assessment", "security-review", "regulator-approval", "export-licence", "public-body-determination"];

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let categories = draft.setting.words.categories;
    let mut marks = Vec::new();
    for entry in draft.own_entries().filter(|it| it.exemptions.is_empty() && it.when.is_empty()) {
        let Effect::Conditional(ways) = &entry.effect else { continue };
        let is_decision = |it: &Alternative| it.all.iter().any(|it| DECISIONS.contains(&it.as_str()));
        let Some(personal) = entry.categories.iter().find(|it| is_personal(categories, it)) else { continue };
        if ways.iter().all(is_decision) {
            let mark =
                Mark::new(format!("every route of `{}` for `{personal}` needs a decision of an authority", entry.id));
            let hint = "the Initiative asks for contracts, certificates and the like beside them";
            marks.push(mark.at(draft.in_entry(entry, &["requires"])).hint(hint).witness(draft.witness(entry)));
        }
    }
    marks
}
