//! `effective-before-published`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "effective-before-published",
    severity: Severity::Error,
    summary: "A revision that binds from before its publication says why.",
    check: Check::Reading,
};
