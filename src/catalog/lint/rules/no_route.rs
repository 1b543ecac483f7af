//! `no-route`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "no-route",
    severity: Severity::Error,
    summary: "A conditional entry says what makes a transfer lawful.",
    check: Check::Reading,
};
