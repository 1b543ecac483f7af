//! `group-empty`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::GroupId;

pub(super) static RULE: Rule = Rule {
    id: "group-empty",
    severity: Severity::Error,
    summary: "A group of destinations has members.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let groups = draft.revision.groups.iter().filter(|(_, members)| members.is_empty());
    let own = groups.map(|(group, _)| group).filter(|it| draft.written.has(&["groups", it.as_str()]));
    let mark = |group: &GroupId| {
        let mark = Mark::new(format!("the group `{group}` has no members"));
        mark.at(draft.written.span(&["groups", group.as_str()]))
            .hint("an entry towards nobody binds nothing: name places")
    };
    own.map(mark).collect()
}
