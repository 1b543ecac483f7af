//! `destinations-empty`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Entry};

pub(super) static RULE: Rule = Rule {
    id: "destinations-empty",
    severity: Severity::Error,
    summary: "An entry that names its destinations names at least one.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_empty = |it: &&Entry| match &it.to {
        Destinations::Any => false,
        Destinations::Only(members) | Destinations::Except(members) => members.is_empty(),
    };
    let mark = |it: &Entry| {
        let message = match it.to {
            Destinations::Only(_) => format!("`{}` binds no destination, and so never applies", it.id),
            Destinations::Any | Destinations::Except(_) => format!("`{}` excepts no destination", it.id),
        };
        Mark::new(message).at(draft.in_entry(it, &["to"])).hint("name places or groups, or leave `to` out")
    };
    draft.own_entries().filter(is_empty).map(mark).collect()
}
