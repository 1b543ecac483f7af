//! Sibling entries that differ in the range of one count.

use std::collections::BTreeMap;

use crate::catalog::lint::draft::Draft;
use crate::catalog::lint::logic::without;
use crate::model::fact::SUBJECTS;
use crate::model::{Bounds, Condition, Count, Entry, FactId, Question, Value, WindowId};

/// An entry by its range of one count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Band<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) fact: &'a FactId,
    pub(crate) bounds: Bounds,
    window: Option<&'a WindowId>,
}

impl Band<'_> {
    /// Returns whether a count is in the band.
    pub(crate) fn contains(&self, count: Count) -> bool {
        self.bounds.at_least() <= count && self.bounds.below().is_none_or(|it| count < it)
    }

    fn is_sibling(&self, other: &Band<'_>) -> bool {
        let (one, another) = (self.entry, other.entry);
        self.fact == other.fact
            && self.window == other.window
            && one.categories == another.categories
            && one.except == another.except
            && one.to == another.to
            && without(&one.when, self.fact) == without(&another.when, other.fact)
    }
}

/// Returns the entries that are siblings but for one count, two or more
/// together, each from the lowest band to the highest.
pub(crate) fn bands<'a>(draft: &Draft<'a>) -> Vec<Vec<Band<'a>>> {
    let mut found: BTreeMap<(&FactId, Option<&WindowId>), Vec<Vec<Band<'a>>>> = BTreeMap::new();
    for entry in draft.revision.entries.values().filter(|it| it.combine.is_none()) {
        for (fact, condition) in &entry.when {
            let Condition::Count(bounds, window) = condition else { continue };
            let band = Band { entry, fact, bounds: *bounds, window: window.as_ref() };
            let families = found.entry((fact, window.as_ref())).or_default();
            match families.iter_mut().find(|it| it.first().is_some_and(|it| it.is_sibling(&band))) {
                Some(family) => family.push(band),
                None => families.push(vec![band]),
            }
        }
    }
    let mut families: Vec<_> = found.into_values().flatten().filter(|it| 1 < it.len()).collect();
    families.iter_mut().for_each(|it| it.sort_by_key(|it| (it.bounds.at_least(), it.bounds.below())));
    families
}

/// Returns a question about a band's count.
pub(crate) fn at_count(mut question: Question, band: &Band<'_>, count: Count) -> Question {
    if band.fact.as_str() == SUBJECTS {
        return Draft::about(question, count);
    }
    question.facts.insert(band.fact.clone(), Value::Count(count));
    question
}
