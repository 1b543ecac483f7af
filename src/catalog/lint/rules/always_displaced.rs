//! `always-displaced`

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::implies;
use crate::catalog::lint::remark::Mark;
use crate::catalog::lint::rule::{Check, Rule, Severity};
use crate::model::{Destinations, Revision, Scope};

pub(super) static RULE: Rule = Rule {
    id: "always-displaced",
    severity: Severity::Warning,
    summary: "An entry can apply where no other list takes the place of its own.",
    check: Check::Draft(check),
};

fn check(draft: &Draft<'_>) -> Vec<Mark> {
    let revision = draft.revision;
    let words = draft.setting.words;
    let own_chain = words.places.chain(&revision.list.jurisdiction(), draft.at());
    let latest = |it: &&&Revision| {
        let later = draft.setting.published.iter().filter(|other| other.list == it.list && in_force(other, draft.at()));
        later.max_by_key(|it| (it.effective, &it.version)).is_some_and(|last| last.version == it.version)
    };
    // Wherever this list is asked, these are too.
    let displacing = draft.setting.published.iter().filter(|it| it.displaces.contains(&revision.list));
    let displacing = displacing.filter(|it| own_chain.contains(&it.list.jurisdiction()) && in_force(it, draft.at()));
    let displacing: Vec<_> = displacing.filter(latest).collect();
    let mut marks = Vec::new();
    for entry in draft.own_entries() {
        let Some(conditions) = draft.conditions(entry) else { continue };
        let speaks = |it: &Revision| match &it.scope {
            Scope::All => true,
            Scope::Only(scope) => {
                entry.categories.iter().all(|one| scope.iter().any(|it| words.categories.covers(it, one)))
            }
        };
        let displaces = |it: &&&&Revision| {
            it.applies_to == Destinations::Any
                && it.border() == revision.border()
                && speaks(it)
                && implies(&conditions, &it.applies_when)
        };
        let Some(other) = displacing.iter().find(displaces) else { continue };
        let mark =
            Mark::new(format!("`{}` never applies: wherever it would, `{}` takes its place", entry.id, other.list));
        let hint = "look at `when` here, and at `displaces` and `applies-when` of the other list";
        marks.push(mark.at(draft.in_entry(entry, &["when"])).hint(hint).witness(draft.witness(entry)));
    }
    marks
}

fn in_force(revision: &Revision, at: crate::model::At) -> bool {
    revision.effective.is_some_and(|it| it.binds_at(at)) && !revision.has_expired(at) && !revision.repeals
}
