//! `way-redundant`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::serves;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Alternative, Effect, FactId};

pub(super) static RULE: Rule = Rule {
    id: "way-redundant",
    severity: Severity::Warning,
    summary: "An alternative is needed by somebody.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let Effect::Conditional(ways) = &entry.effect else { continue };
        for (index, way) in ways.iter().enumerate() {
            let easier = |(other_index, other): &(usize, &Alternative)| {
                *other_index != index && serves(way, other) && (!serves(other, way) || *other_index < index)
            };
            let Some((_, other)) = ways.iter().enumerate().find(easier) else { continue };
            let names = |it: &Alternative| it.all.iter().map(FactId::as_str).collect::<Vec<_>>().join(" + ");
            let mark =
                Mark::new(format!("nobody needs `{}` in `{}`: `{}` is enough", names(way), entry.id, names(other)));
            marks
                .push(mark.at(draft.in_entry(entry, &["requires"])).hint("leave it out").witness(draft.witness(entry)));
        }
    }
    marks
}
