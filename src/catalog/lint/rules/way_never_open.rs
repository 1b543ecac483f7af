//! `way-never-open`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::contradiction;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Effect, FactId};

pub(super) static RULE: Rule = Rule {
    id: "way-never-open",
    severity: Severity::Error,
    summary: "An alternative can be open where its entry applies.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let Effect::Conditional(ways) = &entry.effect else { continue };
        let Some(conditions) = draft.conditions(entry) else { continue };
        for way in ways {
            let Some(fact) = contradiction(&way.when, &conditions) else { continue };
            let all: Vec<_> = way.all.iter().map(FactId::as_str).collect();
            let mark = Mark::new(format!(
                "`{}` is never open: its condition on `{fact}` excludes that of `{}`",
                all.join(" + "),
                entry.id
            ));
            marks.push(
                mark.at(draft.in_entry(entry, &["requires"]))
                    .hint("mend one of the two, or leave the alternative out")
                    .witness(draft.witness(entry)),
            );
        }
    }
    marks
}
