//! `group-member-twice`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "group-member-twice",
    severity: Severity::Warning,
    summary: "A place stands in a group once, and not also through a bloc or a place that it is part of.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (group, members) in &draft.revision.groups {
        let path = ["groups", group.as_str()];
        if !draft.written.has(&path) {
            continue;
        }
        for member in members {
            let chain = draft.lasting_chain(member);
            let Some(through) = chain.iter().find(|it| *it != member && members.contains(*it)) else { continue };
            let mark = Mark::new(format!("`{member}` is in the group `{group}` already through `{through}`"));
            let hint = "name one of them: a bloc and a place stand for all that lies in them";
            marks.push(mark.at(draft.written.word(draft.written.span(&path), member.as_str())).hint(hint));
        }
    }
    marks
}
