//! `effect`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "effect",
    severity: Severity::Error,
    summary: "An effect is one of four, and only a conditional one has requirements.",
    check: Check::Reading,
};
