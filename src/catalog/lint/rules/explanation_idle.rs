//! `explanation-idle`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::catalog::lint::rules::{RULES, find};
use crate::model::near::did_you_mean;

pub(super) static RULE: Rule = Rule {
    id: "explanation-idle",
    severity: Severity::Warning,
    summary: "What the file explains is a warning that it gets.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let explained = draft.written.keys("explained");
    let marks = explained.into_iter().filter_map(|id| {
        let at = draft.written.span(&["explained", &id]);
        let Some(rule) = find(&id) else {
            let warnings = RULES.iter().filter(|it| it.severity == Severity::Warning).map(|it| it.id);
            let mark = Mark::new(format!("there is no rule `{id}`")).at(at);
            return Some(did_you_mean(&id, warnings).into_iter().fold(mark, Mark::hint));
        };
        let is_said = match rule.check {
            // Of itself it says nothing, or it would never end.
            Check::Draft(check) if rule.severity == Severity::Warning && rule.id != RULE.id => !check(draft).is_empty(),
            Check::Draft(_) | Check::Reading => false,
        };
        let mark =
            || Mark::new(format!("nothing here is a warning of `{id}`")).at(at).hint("leave the explanation out");
        (!is_said).then(mark)
    });
    marks.collect()
}
