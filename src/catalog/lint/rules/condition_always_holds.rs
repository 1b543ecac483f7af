//! `condition-always-holds`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Condition, FactId, FactKind};

pub(super) static RULE: Rule = Rule {
    id: "condition-always-holds",
    severity: Severity::Warning,
    summary: "A condition on a choice leaves out at least one value.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let is_all = |fact: &FactId, condition: &Condition| {
        let kind = draft.setting.words.vocabulary.find(fact).map(|it| &it.kind);
        matches!((kind, condition), (Some(FactKind::Choice(all)), Condition::Choice(among)) if all == among)
    };
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        for (fact, _) in entry.when.iter().filter(|(fact, it)| is_all(fact, it)) {
            let mark = Mark::new(format!("every value of `{fact}` meets the condition of `{}`", entry.id));
            let hint = "leave it out: it makes answers hang on a fact that changes nothing";
            marks.push(
                mark.at(draft.in_entry(entry, &["when", fact.as_str()])).hint(hint).witness(draft.witness(entry)),
            );
        }
    }
    marks
}
