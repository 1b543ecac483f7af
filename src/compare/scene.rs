//! What may bind data of one category on its way to one place: often little
//! of what a list says, and often the same in all revisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::atlas::{Atlas, Reading};
use crate::model::fact::SUBJECTS;
use crate::model::{Condition, Count, Effect, Entries, Entry, EntryId, FactId, Revision, Scope, When, WindowId};

/// What may bind data of one category on its way to one place.
#[derive(Debug, Default)]
pub(super) struct Scene {
    /// Whether it is the same in all revisions in question, so that nothing
    /// changes.
    pub(super) is_same: bool,
    /// The facts on which it hangs.
    pub(super) facts: BTreeSet<FactId>,
    /// The windows over which people are counted, and the thresholds over any
    /// of them: in a combine group one counts for all.
    pub(super) windows: BTreeSet<Option<WindowId>>,
    pub(super) people: BTreeSet<Count>,
    /// By the numbers of the revisions.
    pub(super) may_bind: Vec<MayBind>,
}

/// The entries of a revision that may bind; `None` of one that is silent.
pub(super) type MayBind = Option<Entries>;

/// Where a scene is set: the numbers of a category and of a place; `None` for
/// any destination.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) category: usize,
    pub(super) place: Option<usize>,
}

/// For each list in reach, the numbers of the revisions that are in force one
/// after the other; `None` while none is.
pub(super) type Lines = Vec<Vec<Option<usize>>>;

impl Scene {
    pub(super) fn new(setting: Setting, lines: &Lines, readings: &[Reading<'_>], atlas: &Atlas<'_>) -> Scene {
        let mut scene = Scene::default();
        let parts: Vec<_> = readings.iter().map(|it| Part::of(it, setting, atlas)).collect();
        parts.iter().flatten().for_each(|it| scene.add(it));
        let mut lines = lines.iter().map(|line| line.iter().map(|it| it.and_then(|it| parts.get(it)?.as_ref())));
        let is_same = lines.all(|mut line| {
            let first = line.next().flatten();
            line.all(|it| match (first, it) {
                (None, None) => true,
                (Some(one), Some(other)) => one.is_same(other, setting, atlas),
                (None, Some(_)) | (Some(_), None) => false,
            })
        });
        let entries = |it: &Part<'_>| it.entries.iter().map(|(id, (it, _))| ((*id).clone(), Arc::clone(it))).collect();
        scene.may_bind = parts.iter().map(|it| it.as_ref().map(entries)).collect();
        scene.is_same = is_same && parts.iter().flatten().all(|it| it.is_still(setting, atlas));
        scene
    }

    fn add(&mut self, part: &Part<'_>) {
        self.conditions(&part.revision.applies_when);
        for (entry, _) in part.entries.values() {
            self.facts.extend(entry.exemptions.iter().cloned());
            self.conditions(&entry.when);
            if let Effect::Conditional(ways) = &entry.effect {
                for way in ways {
                    self.facts.extend(way.all.iter().cloned());
                    self.conditions(&way.when);
                }
            }
            // Of a group, what is lowest counts for all that is present.
            if entry.combine.is_some() {
                let group = part.revision.entries.values().filter(|it| it.combine == entry.combine);
                group.for_each(|it| self.conditions(&it.when));
            }
        }
    }

    fn conditions(&mut self, when: &When) {
        for (fact, condition) in when {
            match condition {
                Condition::Count(bounds, window) if fact.as_str() == SUBJECTS => {
                    self.windows.insert(window.clone());
                    self.people.extend([bounds.at_least()].into_iter().chain(bounds.below()));
                }
                Condition::Count(..) | Condition::Flag(_) | Condition::Choice(_) => {
                    self.facts.insert(fact.clone());
                }
            }
        }
    }
}

/// What of a revision may matter in a scene.
#[derive(Debug)]
struct Part<'r> {
    revision: &'r Revision,
    reading: &'r Reading<'r>,
    /// The entries that may bind, with their destinations.
    entries: BTreeMap<&'r EntryId, (&'r Arc<Entry>, &'r Vec<usize>)>,
}

impl<'r> Part<'r> {
    /// Returns `None` of a revision that is silent there whatever the facts.
    fn of(reading: &'r Reading<'_>, setting: Setting, atlas: &Atlas<'_>) -> Option<Part<'r>> {
        let revision = reading.revision;
        let entries = reading.entries.iter().filter(|(entry, to)| {
            if !touches(revision, entry, setting.category, atlas) {
                return false;
            }
            // What is present in a group counts wherever it goes.
            let to = [&reading.outside, &reading.applies_to, to];
            entry.combine.is_some() || to.into_iter().all(|it| atlas.may_meet(setting.place, it))
        });
        let entries: BTreeMap<_, _> = entries.map(|(entry, to)| (&entry.id, (*entry, to))).collect();
        let is_in_scope = match &revision.scope {
            Scope::All => true,
            Scope::Only(scope) => scope.iter().any(|it| atlas.touches(setting.category, it)),
        };
        (is_in_scope || !entries.is_empty()).then_some(Part { revision, reading, entries })
    }

    /// Returns whether the place meets all that matters in one way on every
    /// day.
    fn is_still(&self, setting: Setting, atlas: &Atlas<'_>) -> bool {
        let of_entries = self.entries.values().map(|(_, to)| *to);
        let mut all = of_entries.chain([&self.reading.outside, &self.reading.applies_to]);
        all.all(|it| atlas.meets_always_alike(setting.place, it))
    }

    /// Returns whether another revision says the same there. What it cites and
    /// what it is called does not matter.
    fn is_same(&self, other: &Part<'_>, setting: Setting, atlas: &Atlas<'_>) -> bool {
        let (one, two) = (self.revision, other.revision);
        if std::ptr::eq(one, two) {
            return true;
        }
        let alike = |one: &Vec<usize>, other: &Vec<usize>| atlas.meets_alike(setting.place, one, other);
        one.scope == two.scope
            && (&one.border, one.within) == (&two.border, two.within)
            && (&one.displaces, &one.applies_when, &one.combine) == (&two.displaces, &two.applies_when, &two.combine)
            && alike(&self.reading.applies_to, &other.reading.applies_to)
            && self.entries.len() == other.entries.len()
            && self
                .entries
                .values()
                .zip(other.entries.values())
                .all(|((one, to), (two, other))| alike(to, other) && binds_alike(one, two))
    }
}

/// Returns whether data of a category may be bound by an entry, by itself or
/// in the company of other data.
fn touches(revision: &Revision, entry: &Entry, category: usize, atlas: &Atlas<'_>) -> bool {
    let joins = entry.combine.as_ref().and_then(|it| revision.combine.get(it));
    entry.categories.iter().chain(joins.into_iter().flatten()).any(|it| atlas.touches(category, it))
}

fn binds_alike(one: &Entry, other: &Entry) -> bool {
    std::ptr::eq(one, other)
        || (&one.categories, &one.except, &one.when, &one.effect, &one.combine)
            == (&other.categories, &other.except, &other.when, &other.effect, &other.combine)
            && (&one.exemptions, &one.duties) == (&other.exemptions, &other.duties)
}
