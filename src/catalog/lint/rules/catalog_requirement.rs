//! `catalog-requirement`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "catalog-requirement",
    severity: Severity::Error,
    summary: "The requirement on the catalog admits the release that is in use.",
    check: Check::Reading,
};
