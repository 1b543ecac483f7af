//! `no-citation`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "no-citation",
    severity: Severity::Error,
    summary: "An entry cites the article, section or clause.",
    check: Check::Reading,
};
