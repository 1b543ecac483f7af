//! `combine-idle`

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::fact::SUBJECTS;

pub(super) static RULE: Rule = Rule {
    id: "combine-idle",
    severity: Severity::Warning,
    summary: "A combine group joins entries with thresholds.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let mut marks = Vec::new();
    for group in revision.combine.keys() {
        let entries: Vec<_> = revision.entries_in(group).collect();
        let categories: BTreeSet<_> = entries.iter().flat_map(|it| &it.categories).collect();
        let has_thresholds = entries.iter().all(|it| it.when.contains_key(SUBJECTS));
        if 2 <= categories.len() && has_thresholds {
            continue;
        }
        let message = if categories.len() < 2 {
            format!("the combine group `{group}` joins fewer than two categories, and changes nothing")
        } else {
            format!("an entry of the combine group `{group}` has no threshold on `{SUBJECTS}` to share")
        };
        let span = draft
            .written
            .span(&["combine"])
            .or_else(|| entries.first().and_then(|it| draft.in_entry(it, &["combine"])));
        marks.extend(span.map(|it| {
            Mark::new(message).at(Some(it)).hint("give each category of the group an entry with its threshold")
        }));
    }
    marks
}
