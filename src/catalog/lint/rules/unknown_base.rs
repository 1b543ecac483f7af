//! `unknown-base`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unknown-base",
    severity: Severity::Error,
    summary: "A revision builds on an earlier version of its list.",
    check: Check::Reading,
};
