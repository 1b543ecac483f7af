//! `destinations-without-evidence`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::{is_gate, is_grounded};
use crate::model::Destinations;

pub(super) static RULE: Rule = Rule {
    id: "destinations-without-evidence",
    severity: Severity::Warning,
    summary: "Where destinations are singled out, something says on what ground.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut seen = BTreeSet::new();
    let mut marks = Vec::new();
    for entry in draft.own_entries().filter(|it| is_gate(it)) {
        let Destinations::Only(members) = &entry.to else { continue };
        for member in members {
            if is_grounded(draft.revision, entry, member, draft.setting.words.places) || !seen.insert(member.clone()) {
                continue;
            }
            let mark = Mark::new(format!("`{}` singles out `{member}`, and nothing says on what ground", entry.id));
            let hint = "name the destination or its group, and the instrument that designates it, in the `note` or `cite`, \
                        in `summary`, or in a doubt";
            let span = draft.written.word(draft.in_entry(entry, &["to"]), &member.to_string());
            marks.push(mark.at(span).hint(hint).witness(draft.witness(entry)));
        }
    }
    marks
}
