//! `threshold-gap`

use crate::catalog::lint::bands::{at_count, bands};
use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "threshold-gap",
    severity: Severity::Warning,
    summary: "The bands of a threshold leave no count between them.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for band in bands(draft) {
        for (lower, upper) in band.iter().zip(band.iter().skip(1)) {
            let Some(below) = lower.bounds.below().filter(|it| *it < upper.bounds.at_least()) else { continue };
            if band.iter().any(|it| it.contains(below)) {
                continue;
            }
            let width = upper.bounds.at_least().number() - below.number();
            let Some(entry) = [upper, lower].into_iter().find(|it| draft.written.has_entry(&it.entry.id)) else {
                continue;
            };
            let counts =
                if width == 1 { format!("{below}") } else { format!("{below} to {}", below.number() + width - 1) };
            let message =
                format!("`{}` of {counts} is in neither `{}` nor `{}`", upper.fact, lower.entry.id, upper.entry.id);
            let hint = format!(
                "`below` is the first count outside: let the upper band begin at {below}, if nothing is free between"
            );
            let question = draft.witness(lower.entry).map(|it| at_count(it, upper, below));
            let span = draft.in_entry(entry.entry, &["when", upper.fact.as_str()]);
            marks.push(Mark::new(message).at(span).hint(hint).witness(question));
        }
    }
    marks
}
