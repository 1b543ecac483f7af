//! `no-objective`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_gate;
use crate::model::{Entry, Objective};

pub(super) static RULE: Rule = Rule {
    id: "no-objective",
    severity: Severity::Warning,
    summary: "A restriction serves an objective that the Initiative of 2024-11-20 accepts.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let entries = draft.own_entries().filter(|it| is_gate(it) && it.objective == Objective::Other);
    let entries = entries.filter(|it| !it.note.en.trim().is_empty() || !it.note.zh.trim().is_empty());
    let mark = |it: &Entry| {
        Mark::new(format!("`{}` restricts and gives no objective but `other`", it.id))
            .at(draft.in_entry(it, &["objective"]))
            .hint("name one of `national-security`, `public-interest`, `privacy`, `ip`")
            .witness(draft.witness(it))
    };
    entries.map(mark).collect()
}
