//! `unknown-word`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "unknown-word",
    severity: Severity::Error,
    summary: "Categories, places, groups, facts, values and lists exist, and are used for what they are.",
    check: Check::Reading,
};
