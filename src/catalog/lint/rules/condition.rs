//! `condition`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "condition",
    severity: Severity::Error,
    summary: "A condition fits its fact, and a range of counts holds some and not all.",
    check: Check::Reading,
};
