//! `destination-at-home`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Destinations;
use crate::model::place::Inside;

pub(super) static RULE: Rule = Rule {
    id: "destination-at-home",
    severity: Severity::Warning,
    summary: "An entry is not directed at places inside the border that data must leave.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    if revision.within {
        return Vec::new();
    }
    let border = BTreeSet::from([revision.border()]);
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let Destinations::Only(members) = &entry.to else { continue };
        let codes = draft.revision.codes(members);
        for code in codes.iter().filter(|it| draft.inside(it, &border) == Inside::All) {
            let mark = Mark::new(format!(
                "`{code}` lies inside `{}`, and data that goes there does not leave",
                revision.border()
            ));
            let hint = "leave it out, or say `within = true` if the list also binds handing data over at home";
            marks.push(mark.at(draft.written.word(draft.in_entry(entry, &["to"]), code.as_str())).hint(hint));
        }
    }
    marks
}
