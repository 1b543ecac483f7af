//! `twice`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "twice",
    severity: Severity::Error,
    summary: "A word or an entry stands in its place once.",
    check: Check::Reading,
};
