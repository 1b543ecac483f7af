//! `overlapping-bands`

use crate::catalog::lint::bands::{at_count, bands};
use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "overlapping-bands",
    severity: Severity::Warning,
    summary: "The bands of a threshold do not overlap in part.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for band in bands(draft) {
        for (lower, upper) in band.iter().zip(band.iter().skip(1)) {
            let start = upper.bounds.at_least();
            let Some(end) = lower.bounds.below().filter(|it| start < *it) else { continue };
            let is_nested = lower.bounds.at_least() == start || upper.bounds.below().is_some_and(|it| it <= end);
            let entry = [upper, lower].into_iter().find(|it| draft.written.has_entry(&it.entry.id));
            let Some(entry) = entry.filter(|_| !is_nested) else { continue };
            let (first, second) = (&lower.entry.id, &upper.entry.id);
            let mark = Mark::new(format!("`{}` of {start} is in `{first}` and in `{second}`", upper.fact));
            let hint = format!("`below` is the first count outside: say `below = {start}` in `{first}`");
            let span = draft.in_entry(entry.entry, &["when", upper.fact.as_str()]);
            let question = draft.witness(upper.entry).map(|it| at_count(it, upper, start));
            marks.push(mark.at(span).hint(hint).witness(question));
        }
    }
    marks
}
