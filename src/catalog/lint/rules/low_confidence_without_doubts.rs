//! `low-confidence-without-doubts`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Confidence, EntryNoteKind};

pub(super) static RULE: Rule = Rule {
    id: "low-confidence-without-doubts",
    severity: Severity::Warning,
    summary: "Where confidence is low, something says what is doubtful.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let notes = revision.entries.values().flat_map(|it| &it.notes).chain(&revision.notes);
    let says = !revision.doubts.is_empty() || notes.into_iter().any(|it| it.kind == EntryNoteKind::LowConfidence);
    if revision.source.confidence != Confidence::Low || says {
        return Vec::new();
    }
    let mark = Mark::new("confidence is low, and nothing says what is doubtful");
    let hint = "say it in `doubts`, or as a note of kind `low-confidence` where it belongs to an entry";
    vec![mark.at(draft.written.span(&["source", "confidence"])).hint(hint)]
}
