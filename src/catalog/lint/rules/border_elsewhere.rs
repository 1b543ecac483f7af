//! `border-elsewhere`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::place::Inside;

pub(super) static RULE: Rule = Rule {
    id: "border-elsewhere",
    severity: Severity::Warning,
    summary: "The border that counts is one around the list's own place.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let (Some(border), Some(span)) = (&draft.revision.border, draft.written.span(&["border"])) else {
        return Vec::new();
    };
    let own = draft.revision.list.jurisdiction();
    if draft.inside(&own, &BTreeSet::from([border.clone()])) == Inside::None {
        let mark = Mark::new(format!("`{own}` does not lie inside `{border}`, so that data is outside from the start"));
        return vec![mark.at(Some(span)).hint("name the place itself or one that it is part of")];
    }
    if *border == own {
        let mark = Mark::new(format!("`{border}` is the border of the list anyway"));
        return vec![mark.at(Some(span)).hint("leave `border` out")];
    }
    Vec::new()
}
