//! `shadowed-entry`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::serves;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::measure::is_gate;
use crate::model::{Effect, Entry};

pub(super) static RULE: Rule = Rule {
    id: "shadowed-entry",
    severity: Severity::Warning,
    summary: "An entry adds something to the others.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for entry in draft.own_entries().filter(|it| is_gate(it)) {
        let others = draft.revision.entries.values().map(AsRef::as_ref).filter(|it: &&Entry| it.id != entry.id);
        let hides = |other: &&Entry| {
            let adds = entry.duties.is_subset(&other.duties) && says_no_less(&other.effect, &entry.effect);
            // Two that hide each other are duplicates, and said to be.
            let is_mutual = || draft.binds_whenever(entry, other) && says_no_less(&entry.effect, &other.effect);
            adds && draft.binds_whenever(other, entry) && !is_mutual()
        };
        let Some(other) = others.into_iter().find(hides) else { continue };
        let mark =
            Mark::new(format!("`{}` adds nothing: `{}` binds whenever it does, and asks no less", entry.id, other.id));
        let hint = "leave it out, or keep the conditions of the two apart";
        marks.push(mark.at(draft.in_entry(entry, &["id"])).hint(hint).witness(draft.witness_of_both(entry, other)));
    }
    marks
}

/// Returns whether an entry asks as much as another: whoever satisfies it
/// satisfies the other.
fn says_no_less(effect: &Effect, other: &Effect) -> bool {
    match (effect, other) {
        (_, Effect::Notice) | (Effect::Notice, _) => false,
        (Effect::Prohibited, _) | (Effect::Undetermined, Effect::Undetermined) => true,
        (Effect::Conditional(ways), Effect::Conditional(others)) => {
            ways.iter().all(|way| others.iter().any(|other| serves(way, other)))
        }
        (Effect::Undetermined | Effect::Conditional(_), _) => false,
    }
}
