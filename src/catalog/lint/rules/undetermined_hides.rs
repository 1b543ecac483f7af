//! `undetermined-hides`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Effect, Entry};

pub(super) static RULE: Rule = Rule {
    id: "undetermined-hides",
    severity: Severity::Warning,
    summary: "What is known is not hidden by an entry whose terms are not.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let hidden = draft.pairs_both_ways().filter(|(one, other)| {
        one.effect == Effect::Undetermined
            && matches!(other.effect, Effect::Conditional(_))
            && draft.binds_whenever(one, other)
    });
    let mark = |(one, other): (&Entry, &Entry)| {
        let span = draft.in_entry(one, &["effect"]).or_else(|| draft.in_entry(other, &["id"]));
        Mark::new(format!(
            "`{}` is undetermined and binds whenever `{}` does, so that nobody is told its terms",
            one.id, other.id
        ))
        .at(span)
        .hint("narrow the undetermined entry to what is not known, with `except` or `when`")
        .witness(draft.witness_of_both(one, other))
    };
    hidden.map(mark).collect()
}
