//! `syntax`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "syntax",
    severity: Severity::Error,
    summary: "A file is TOML, with the keys that a list has, and no others.",
    check: Check::Reading,
};
