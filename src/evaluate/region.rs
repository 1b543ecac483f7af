//! Conditions as regions: for each fact the values that are allowed.
//!
//! An entry binds where its own conditions and those of its list hold, and
//! where no list that displaces it applies. These may speak of the same fact,
//! so that evaluating them one by one would call some things possible that are
//! not. A region is a set of values for each fact, and intersections and
//! differences of such sets are exact.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fact::SUBJECTS;
use crate::model::{
    Applies, ChoiceId, Condition, Count, FactId, FactKind, Item, Open, Question, State, Value, When, WindowId,
};

/// A fact, with the window over which it is counted.
pub(crate) type Variable = (FactId, Option<WindowId>);

/// The values that are allowed for each fact; all where it is not named.
pub(crate) type Region = BTreeMap<Variable, Values>;

/// Some of the values of a fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Values {
    /// Whether yes, and whether no, is among them.
    Flags { yes: bool, no: bool },
    /// These choices.
    Choices(BTreeSet<ChoiceId>),
    /// The counts of these ranges, which are sorted and apart: at least, below.
    Counts(Vec<(Count, Option<Count>)>),
}

impl Values {
    fn of(condition: &Condition) -> Values {
        match condition {
            Condition::Flag(expected) => Values::Flags { yes: *expected, no: !*expected },
            Condition::Choice(among) => Values::Choices(among.clone()),
            Condition::Count(bounds, _) => Values::Counts(vec![(bounds.at_least(), bounds.below())]),
        }
    }

    fn single(value: &Value) -> Values {
        match value {
            Value::Flag(stated) => Values::Flags { yes: *stated, no: !*stated },
            Value::Choice(choice) => Values::Choices(BTreeSet::from([choice.clone()])),
            Value::Count(count) => Values::exactly(*count),
        }
    }

    fn exactly(count: Count) -> Values {
        Values::Counts(vec![(count, Count::new(count.number() + 1).ok())])
    }

    fn is_empty(&self) -> bool {
        match self {
            Values::Flags { yes, no } => !yes && !no,
            Values::Choices(choices) => choices.is_empty(),
            Values::Counts(ranges) => ranges.is_empty(),
        }
    }

    fn and(&self, other: &Values) -> Values {
        match (self, other) {
            (Values::Flags { yes: a, no: b }, Values::Flags { yes: c, no: d }) => {
                Values::Flags { yes: *a && *c, no: *b && *d }
            }
            (Values::Choices(one), Values::Choices(other)) => Values::Choices(one & other),
            (Values::Counts(one), Values::Counts(other)) => {
                let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
                Values::Counts(pairs.filter_map(|(a, b)| intersection(*a, *b)).collect())
            }
            // A fact has one kind; conditions were checked against it.
            _ => Values::Choices(BTreeSet::new()),
        }
    }

    fn without(&self, other: &Values) -> Values {
        match (self, other) {
            (Values::Flags { yes: a, no: b }, Values::Flags { yes: c, no: d }) => {
                Values::Flags { yes: *a && !*c, no: *b && !*d }
            }
            (Values::Choices(one), Values::Choices(other)) => Values::Choices(one - other),
            (Values::Counts(one), Values::Counts(other)) => self_without(one, other),
            _ => self.clone(),
        }
    }
}

fn self_without(one: &[(Count, Option<Count>)], other: &[(Count, Option<Count>)]) -> Values {
    let mut left = one.to_vec();
    for hole in other {
        let before = (Count::ZERO, Some(hole.0));
        let after = hole.1.map(|below| (below, None));
        left = left
            .into_iter()
            .flat_map(|range| [intersection(range, before), after.and_then(|it| intersection(range, it))])
            .flatten()
            .collect();
    }
    Values::Counts(left)
}

fn intersection(one: (Count, Option<Count>), other: (Count, Option<Count>)) -> Option<(Count, Option<Count>)> {
    let at_least = one.0.max(other.0);
    let below = match (one.1, other.1) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    below.is_none_or(|below| at_least < below).then_some((at_least, below))
}

/// Returns the region in which conditions hold.
pub(crate) fn region(when: &When) -> Region {
    let variable = |fact: &FactId, condition: &Condition| match condition {
        Condition::Count(_, window) => (fact.clone(), window.clone()),
        Condition::Flag(_) | Condition::Choice(_) => (fact.clone(), None),
    };
    when.iter().map(|(fact, condition)| (variable(fact, condition), Values::of(condition))).collect()
}

/// Returns the region in which both hold.
pub(crate) fn both(one: &Region, other: &Region) -> Region {
    let mut both = one.clone();
    for (variable, values) in other {
        let narrowed = both.get(variable).map_or_else(|| values.clone(), |it| it.and(values));
        both.insert(variable.clone(), narrowed);
    }
    both
}

/// What a question says of the facts, for one of its items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated<'a> {
    pub(crate) state: &'a State,
    pub(crate) question: &'a Question,
    pub(crate) item: &'a Item,
}

impl Stated<'_> {
    /// Returns the values that are still possible.
    fn possible(&self, (fact, window): &Variable) -> Values {
        if fact.as_str() == SUBJECTS {
            let stated = self.item.subjects.as_ref().and_then(|it| it.over(window.as_ref()));
            return stated.map_or_else(all_counts, Values::exactly);
        }
        if let Some(value) = self.question.facts.get(fact) {
            return Values::single(value);
        }
        match self.state.vocabulary.find(fact).map(|it| &it.kind) {
            Some(FactKind::Flag) => Values::Flags { yes: !self.question.ordinary, no: true },
            Some(FactKind::Choice(among)) => Values::Choices(among.clone()),
            Some(FactKind::Count) | None => all_counts(),
        }
    }

    /// Returns whether the facts lie in a region.
    pub(crate) fn lies_in(&self, region: &Region) -> Applies {
        let mut lies = Applies::Yes;
        for (variable, allowed) in region {
            let possible = self.possible(variable);
            if possible.and(allowed).is_empty() {
                return Applies::No;
            }
            if !possible.without(allowed).is_empty() {
                lies = lies.and(Applies::maybe(Open::Fact(variable.0.clone())));
            }
        }
        lies
    }

    /// Returns whether the facts lie in a region and in none of the others.
    ///
    /// A region is a conjunction, so to be outside of it is to be outside for
    /// one of its facts: each of these is tried.
    pub(crate) fn lies_in_but_not_in(&self, region: &Region, others: &[Region]) -> Applies {
        let lies = self.lies_in(region);
        let [first, rest @ ..] = others else { return lies };
        if lies == Applies::No {
            return Applies::No;
        }
        let rest_lies = self.lies_in_but_not_in(region, rest);
        match self.lies_in(first) {
            Applies::No => rest_lies,
            Applies::Yes => Applies::No,
            Applies::Maybe(open) => {
                let is_possible = first.iter().any(|(variable, values)| {
                    let allowed = region.get(variable).cloned().unwrap_or_else(|| self.possible(variable));
                    let outside = BTreeMap::from([(variable.clone(), allowed.without(values))]);
                    self.lies_in_but_not_in(&both(region, &outside), rest) != Applies::No
                });
                if is_possible { rest_lies.and(Applies::Maybe(open)) } else { Applies::No }
            }
        }
    }
}

fn all_counts() -> Values {
    Values::Counts(vec![(Count::ZERO, None)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(ranges: &[(u64, Option<u64>)]) -> Values {
        let count = |number| Count::new(number).unwrap();
        Values::Counts(ranges.iter().map(|(a, b)| (count(*a), b.map(count))).collect())
    }

    #[test]
    fn counts_are_cut_at_their_borders() {
        let all = counts(&[(0, None)]);
        let band = counts(&[(100, Some(1000))]);
        assert_eq!(all.without(&band), counts(&[(0, Some(100)), (1000, None)]));
        assert_eq!(all.without(&band).without(&counts(&[(0, Some(100))])), counts(&[(1000, None)]));
        assert_eq!(band.and(&counts(&[(0, Some(100))])), counts(&[]));
        assert_eq!(band.and(&counts(&[(999, None)])), counts(&[(999, Some(1000))]));
        assert!(band.without(&all).is_empty());
    }

    #[test]
    fn a_number_is_a_range_of_one() {
        let number = Values::exactly(Count::new(100).unwrap());
        assert!(number.and(&counts(&[(101, None)])).is_empty());
        assert!(number.without(&counts(&[(100, None)])).is_empty());
        // The largest count has no number after it.
        assert!(!Values::exactly(Count::MAX).and(&counts(&[(5, None)])).is_empty());
    }
}
