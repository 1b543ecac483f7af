//! `displaces-out-of-reach`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Jurisdiction, ListId};

pub(super) static RULE: Rule = Rule {
    id: "displaces-out-of-reach",
    severity: Severity::Warning,
    summary: "A list takes the place of lists that are asked beside it.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let places = draft.setting.words.places;
    let own = draft.revision.list.jurisdiction();
    let meets = |other: &Jurisdiction| {
        let mut chains = places.iter().map(|it| places.chain(&it.code, draft.at()));
        chains.any(|it| it.contains(&own) && it.contains(other))
    };
    if !draft.written.has(&["displaces"]) {
        return Vec::new();
    }
    let mark = |it: &ListId| {
        let mark = Mark::new(format!("`{it}` is never asked where `{}` is", draft.revision.list));
        let span = draft.written.word(draft.written.span(&["displaces"]), it.as_str());
        mark.at(span).hint("no place lies inside both jurisdictions: is another list meant?")
    };
    draft.revision.displaces.iter().filter(|it| !meets(&it.jurisdiction())).map(mark).collect()
}
