//! `group-unused`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, GroupId, Member};

pub(super) static RULE: Rule = Rule {
    id: "group-unused",
    severity: Severity::Warning,
    summary: "A group of destinations is used.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let entries = draft.revision.entries.values().map(|it| &it.to);
    let used: Vec<_> = entries.chain([&draft.revision.applies_to]).collect();
    let is_used = |group: &GroupId| {
        used.iter().any(|it| match it {
            Destinations::Any => false,
            Destinations::Only(members) | Destinations::Except(members) => {
                members.contains(&Member::Group(group.clone()))
            }
        })
    };
    let own = draft.revision.groups.keys().filter(|it| draft.written.has(&["groups", it.as_str()]));
    let mark = |group: &GroupId| {
        let mark = Mark::new(format!("no entry uses the group `{group}`"));
        mark.at(draft.written.span(&["groups", group.as_str()]))
            .hint("name it in the `to` of an entry, or leave it out")
    };
    own.filter(|it| !is_used(it)).map(mark).collect()
}
