//! `file-name`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "file-name",
    severity: Severity::Error,
    summary: "A file is named after its version and lies in the folder of its list.",
    check: Check::Reading,
};
