//! `missing`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "missing",
    severity: Severity::Error,
    summary: "A revision without a base says everything that a list needs.",
    check: Check::Reading,
};
