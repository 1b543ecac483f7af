//! `unknown-entry`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unknown-entry",
    severity: Severity::Error,
    summary: "What is removed stands in the base.",
    check: Check::Reading,
};
