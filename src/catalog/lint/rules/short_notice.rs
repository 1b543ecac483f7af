//! `short-notice`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::{is_gate, notice};

pub(super) static RULE: Rule = Rule {
    id: "short-notice",
    severity: Severity::Warning,
    summary: "A new or stricter regime is published well before it takes effect.",
    check: Check::Draft(check),
};

/// The least notice that the Initiative's *predictable* is read as, in days.
const DAYS: i32 = 30;

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let Some(days) = notice(revision) else { return Vec::new() };
    // A minor or patch version only loosens or explains, and a reason for
    // binding earlier is a rule of its own.
    let version = &revision.version;
    let may_tighten = version.minor == 0 && version.patch == 0;
    let binds = revision.entries.values().any(|it| is_gate(it)) && !revision.repeals;
    if !may_tighten || !binds || !(0..DAYS).contains(&days) {
        return Vec::new();
    }
    let entry = draft.own_entries().find(|it| is_gate(it));
    let mark = Mark::new(format!("days from publication until it takes effect: {days}, fewer than {DAYS}"));
    let hint = format!("let a stricter rule begin {DAYS} days after everybody could read it, or later");
    let mark = mark.at(draft.written.span(&["effective"])).hint(hint);
    vec![mark.witness(entry.and_then(|it| draft.witness(it)))]
}
