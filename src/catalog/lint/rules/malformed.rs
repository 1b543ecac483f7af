//! `malformed`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "malformed",
    severity: Severity::Error,
    summary: "Ids, versions, dates and fixed words are spelled as they must be.",
    check: Check::Reading,
};
