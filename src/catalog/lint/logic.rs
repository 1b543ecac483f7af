//! When conditions, destinations and categories hold together, exclude each
//! other, or follow from each other.

use std::collections::BTreeSet;

use crate::catalog::lint::draft::Draft;
use crate::model::place::Inside;
use crate::model::{
    Alternative, At, Bounds, CategoryId, Condition, Destinations, Effect, Entry, FactId, Jurisdiction, Member, When,
};

/// Returns what both conditions on a fact leave; `None` where that is nothing.
/// Counts over different windows do not exclude each other.
fn meet(one: &Condition, other: &Condition) -> Option<Condition> {
    match (one, other) {
        (Condition::Flag(a), Condition::Flag(b)) => (a == b).then(|| one.clone()),
        (Condition::Choice(a), Condition::Choice(b)) => {
            let left: BTreeSet<_> = a & b;
            (!left.is_empty()).then_some(Condition::Choice(left))
        }
        (Condition::Count(a, window), Condition::Count(b, other_window)) if window == other_window => {
            let below = match (a.below(), b.below()) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let bounds = Bounds::new(Some(a.at_least().max(b.at_least())), below).ok()?;
            Some(Condition::Count(bounds, window.clone()))
        }
        (Condition::Count(..), Condition::Count(..)) => Some(one.clone()),
        // A fact has one kind, and conditions were checked against it.
        _ => None,
    }
}

/// Returns whether a condition holds wherever another does.
fn is_within(inner: &Condition, outer: &Condition) -> bool {
    match (inner, outer) {
        (Condition::Flag(a), Condition::Flag(b)) => a == b,
        (Condition::Choice(a), Condition::Choice(b)) => a.is_subset(b),
        (Condition::Count(a, window), Condition::Count(b, other_window)) => {
            let is_below = match (a.below(), b.below()) {
                (_, None) => true,
                (Some(a), Some(b)) => a <= b,
                (None, Some(_)) => false,
            };
            window == other_window && b.at_least() <= a.at_least() && is_below
        }
        _ => false,
    }
}

/// Returns whether the second conditions hold wherever the first do.
pub(crate) fn implies(inner: &When, outer: &When) -> bool {
    outer.iter().all(|(fact, outer)| inner.get(fact).is_some_and(|inner| is_within(inner, outer)))
}

/// Returns a fact on which conditions exclude each other.
pub(crate) fn contradiction<'a>(one: &'a When, other: &When) -> Option<&'a FactId> {
    let contradicts = |(fact, it): &(&FactId, &Condition)| other.get(*fact).is_some_and(|to| meet(it, to).is_none());
    one.iter().find(contradicts).map(|(fact, _)| fact)
}

/// Returns the conditions that must hold for both; `None` where they exclude
/// each other.
pub(crate) fn both(one: &When, other: &When) -> Option<When> {
    let mut both = one.clone();
    for (fact, condition) in other {
        let left = match one.get(fact) {
            Some(it) => meet(it, condition)?,
            None => condition.clone(),
        };
        both.insert(fact.clone(), left);
    }
    Some(both)
}

/// Returns conditions without the one on a fact.
pub(crate) fn without(when: &When, fact: &FactId) -> When {
    when.iter().filter(|(it, _)| *it != fact).map(|(fact, it)| (fact.clone(), it.clone())).collect()
}

/// Returns the word for an effect.
pub(crate) fn word(effect: &Effect) -> &'static str {
    match effect {
        Effect::Notice => "notice",
        Effect::Conditional(_) => "conditional",
        Effect::Undetermined => "undetermined",
        Effect::Prohibited => "prohibited",
    }
}

/// Returns whether whoever has one alternative in place has the other too.
pub(crate) fn serves(one: &Alternative, other: &Alternative) -> bool {
    other.all.is_subset(&one.all) && implies(&one.when, &other.when)
}

impl Draft<'_> {
    /// Returns the conditions of an entry and of its list.
    pub(crate) fn conditions(&self, entry: &Entry) -> Option<When> {
        both(&entry.when, &self.revision.applies_when)
    }

    /// Returns whether an entry binds whenever another does.
    pub(crate) fn binds_whenever(&self, outer: &Entry, inner: &Entry) -> bool {
        let is_plain = outer.combine.is_none() && inner.combine.is_none();
        is_plain
            && outer.exemptions.is_subset(&inner.exemptions)
            && self.conditions(inner).is_some_and(|it| implies(&it, &outer.when))
            && self.covers_whole(outer, inner)
            && self.is_towards(&inner.to, &outer.to)
    }

    fn covers_whole(&self, outer: &Entry, inner: &Entry) -> bool {
        let categories = self.setting.words.categories;
        let is_left_out = |it: &CategoryId| inner.except.iter().any(|except| categories.covers(except, it));
        inner.categories.iter().all(|bound| {
            outer.categories.iter().any(|it| categories.covers(it, bound))
                && outer.except.iter().all(|it| categories.shared(bound, it).into_iter().all(is_left_out))
        })
    }

    /// Returns a category that both entries bind.
    pub(crate) fn shared_category(&self, one: &Entry, other: &Entry) -> Option<CategoryId> {
        let categories = self.setting.words.categories;
        let excepts = || one.except.iter().chain(&other.except);
        let pairs = one.categories.iter().flat_map(|a| other.categories.iter().map(move |b| (a, b)));
        let narrower_first = pairs.map(|(a, b)| if categories.covers(a, b) { (a, b) } else { (b, a) });
        let mut shared = narrower_first.flat_map(|(a, b)| categories.shared(a, b));
        shared.find(|it| !excepts().any(|except| categories.covers(except, it))).cloned()
    }

    /// Returns how much of a place lies inside others.
    pub(crate) fn inside(&self, place: &Jurisdiction, outer: &BTreeSet<Jurisdiction>) -> Inside {
        self.setting.words.places.whereabouts(place, self.at()).inside(|it| outer.contains(it))
    }

    /// Returns what a place lies inside when the draft takes effect, and still
    /// today: who has left since may be named beside the bloc.
    pub(crate) fn lasting_chain(&self, place: &Jurisdiction) -> BTreeSet<Jurisdiction> {
        let places = self.setting.words.places;
        &places.chain(place, self.at()) & &places.chain(place, At(self.setting.today))
    }

    /// Returns whether every destination of the first is one of the second.
    pub(crate) fn is_towards(&self, inner: &Destinations, outer: &Destinations) -> bool {
        let apart = |a: &BTreeSet<Jurisdiction>, b: &BTreeSet<Jurisdiction>| self.are_apart(a, b);
        match (inner, outer) {
            (_, Destinations::Any) => true,
            (Destinations::Only(inner), Destinations::Only(outer)) => self.lie_inside(inner, outer),
            (Destinations::Only(inner), Destinations::Except(outer)) => {
                apart(&self.revision.codes(inner), &self.revision.codes(outer))
            }
            (Destinations::Except(inner), Destinations::Except(outer)) => self.lie_inside(outer, inner),
            (Destinations::Any, Destinations::Except(outer)) => outer.is_empty(),
            (Destinations::Any | Destinations::Except(_), Destinations::Only(_)) => false,
        }
    }

    /// Returns whether no destination can be one of both.
    pub(crate) fn never_both(&self, one: &Destinations, other: &Destinations) -> bool {
        match (one, other) {
            (Destinations::Only(one), Destinations::Only(other)) => {
                self.are_apart(&self.revision.codes(one), &self.revision.codes(other))
            }
            (Destinations::Only(only), Destinations::Except(except))
            | (Destinations::Except(except), Destinations::Only(only)) => self.lie_inside(only, except),
            (Destinations::Any, Destinations::Only(only)) | (Destinations::Only(only), Destinations::Any) => {
                self.revision.codes(only).is_empty()
            }
            (Destinations::Any | Destinations::Except(_), Destinations::Any | Destinations::Except(_)) => false,
        }
    }

    fn lie_inside(&self, inner: &BTreeSet<Member>, outer: &BTreeSet<Member>) -> bool {
        let outer = self.revision.codes(outer);
        self.revision.codes(inner).iter().all(|it| self.inside(it, &outer) == Inside::All)
    }

    fn are_apart(&self, one: &BTreeSet<Jurisdiction>, other: &BTreeSet<Jurisdiction>) -> bool {
        let is_out = |it: &Jurisdiction, of: &BTreeSet<Jurisdiction>| self.inside(it, of) == Inside::None;
        one.iter().all(|it| is_out(it, other)) && other.iter().all(|it| is_out(it, one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Count;

    fn when(at_least: u64, below: Option<u64>) -> When {
        let count = |it| Count::new(it).unwrap();
        let bounds = Bounds::new(Some(count(at_least)), below.map(count)).unwrap();
        When::from([("subjects".parse().unwrap(), Condition::Count(bounds, None))])
    }

    #[test]
    fn conditions_follow_from_each_other_or_exclude_each_other() {
        assert!(implies(&when(100, Some(200)), &when(100, None)));
        assert!(!implies(&when(100, None), &when(100, Some(200))));
        assert!(!implies(&When::new(), &when(1, None)));
        assert!(implies(&when(1, None), &When::new()));
        assert!(contradiction(&when(0, Some(100)), &when(100, None)).is_some());
        assert!(contradiction(&when(0, Some(101)), &when(100, None)).is_none());
        assert_eq!(both(&when(0, Some(101)), &when(100, None)), Some(when(100, Some(101))));
        assert_eq!(both(&when(0, Some(100)), &when(100, None)), None);
    }
}
