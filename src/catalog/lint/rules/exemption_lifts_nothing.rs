//! `exemption-lifts-nothing`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_gate;
use crate::model::Entry;

pub(super) static RULE: Rule = Rule {
    id: "exemption-lifts-nothing",
    severity: Severity::Warning,
    summary: "An exemption lifts something.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_idle = |it: &&Entry| !is_gate(it) && it.duties.is_empty() && !it.exemptions.is_empty();
    let mark = |it: &Entry| {
        let mark = Mark::new(format!("`{}` is a notice without duties, and has exemptions from nothing", it.id));
        mark.at(draft.in_entry(it, &["exemptions"]))
            .hint("put them on the entry that restricts")
            .witness(draft.witness(it))
    };
    draft.own_entries().filter(is_idle).map(mark).collect()
}
