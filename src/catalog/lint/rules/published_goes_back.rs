//! `published-goes-back`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "published-goes-back",
    severity: Severity::Error,
    summary: "Versions follow publication.",
    check: Check::Reading,
};
