//! `expectation`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "expectation",
    severity: Severity::Error,
    summary: "A golden question can be asked.",
    check: Check::Reading,
};
