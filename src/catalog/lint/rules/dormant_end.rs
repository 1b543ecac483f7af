//! `dormant-end`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "dormant-end",
    severity: Severity::Error,
    summary: "Only a revision that takes effect can end.",
    check: Check::Reading,
};
