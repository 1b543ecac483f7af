//! `destination-redundant`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Member};

pub(super) static RULE: Rule = Rule {
    id: "destination-redundant",
    severity: Severity::Warning,
    summary: "A destination of an entry is named once, and not also through a group.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let members = match &entry.to {
            Destinations::Any => continue,
            Destinations::Only(members) | Destinations::Except(members) => members,
        };
        for member in members {
            let others: BTreeSet<Member> = members.iter().filter(|it| *it != member).cloned().collect();
            let others = draft.revision.codes(&others);
            let codes = draft.revision.codes(&BTreeSet::from([member.clone()]));
            let is_inside = codes.iter().all(|it| !draft.lasting_chain(it).is_disjoint(&others));
            // Of two that are each in the other, the later one is named.
            let is_first = members.first() == Some(member);
            if codes.is_empty() || !is_inside || (is_first && others == codes) {
                continue;
            }
            let mark = Mark::new(format!("`{member}` is among the other destinations of `{}` already", entry.id));
            let span = draft.written.word(draft.in_entry(entry, &["to"]), &member.to_string());
            marks.push(mark.at(span).hint("leave it out"));
        }
    }
    marks
}
