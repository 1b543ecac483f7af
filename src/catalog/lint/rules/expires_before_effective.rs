//! `expires-before-effective`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "expires-before-effective",
    severity: Severity::Error,
    summary: "A revision does not run out before it takes effect.",
    check: Check::Reading,
};
