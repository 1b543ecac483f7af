//! `unreadable`

use crate::catalog::lint::rule::{Check, Rule, Severity};

pub(super) static RULE: Rule =
    Rule { id: "unreadable", severity: Severity::Error, summary: "A file is text in UTF-8.", check: Check::Reading };
