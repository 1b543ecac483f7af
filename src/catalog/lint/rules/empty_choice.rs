//! `empty-choice`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::Condition;

pub(super) static RULE: Rule = Rule {
    id: "empty-choice",
    severity: Severity::Error,
    summary: "A condition on a choice leaves at least one value.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        for (fact, _) in entry.when.iter().filter(|(_, it)| is_impossible(it)) {
            let mark = Mark::new(format!("no value of `{fact}` is left, so that `{}` never applies", entry.id));
            marks.push(
                mark.at(draft.in_entry(entry, &["when", fact.as_str()]))
                    .hint("name the values, or leave the condition out"),
            );
        }
    }
    marks
}

fn is_impossible(condition: &Condition) -> bool {
    match condition {
        Condition::Choice(among) => among.is_empty(),
        Condition::Flag(_) | Condition::Count(..) => false,
    }
}
