//! `destinations`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "destinations",
    severity: Severity::Error,
    summary: "Destinations are those named, or all but those named.",
    check: Check::Reading,
};
