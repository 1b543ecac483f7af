//! Conditions over facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::id::{ChoiceId, FactId, WindowId};

/// A number of people, devices or units.
///
/// Invariant: at most 2^53, so that a reader of JSON who keeps numbers as
/// floating point loses nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Count(u64);

/// A number that is too large to be a count.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is too large for a count: expected at most {max}", max = Count::MAX.0)]
pub struct TooLarge(pub u64);

impl Count {
    /// The largest count.
    pub const MAX: Count = Count(1 << 53);
    /// Nobody.
    pub const ZERO: Count = Count(0);

    /// Makes a count from a number.
    pub fn new(number: u64) -> Result<Count, TooLarge> {
        if number <= Count::MAX.0 { Ok(Count(number)) } else { Err(TooLarge(number)) }
    }

    /// Returns the number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A range of counts, half-open.
///
/// Invariant: not empty, and not all counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Bounds {
    at_least: Count,
    below: Option<Count>,
}

/// A range that holds no count, or all of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidBounds {
    /// No count is in it.
    #[error("no count is at least {0} and below {1}")]
    Empty(Count, Count),
    /// Every count is in it, so that it is no condition.
    #[error("every count is at least 0: say `at-least`, `below` or both")]
    All,
}

impl Bounds {
    /// Makes a range; what is left out does not bound.
    pub fn new(at_least: Option<Count>, below: Option<Count>) -> Result<Bounds, InvalidBounds> {
        let at_least = at_least.unwrap_or(Count::ZERO);
        match below {
            Some(below) if below <= at_least => Err(InvalidBounds::Empty(at_least, below)),
            None if at_least == Count::ZERO => Err(InvalidBounds::All),
            _ => Ok(Bounds { at_least, below }),
        }
    }

    /// Returns the lowest count in the range.
    pub fn at_least(self) -> Count {
        self.at_least
    }

    /// Returns the lowest count above the range, if there is one.
    pub fn below(self) -> Option<Count> {
        self.below
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least.number(), self.below) {
            (0, Some(below)) => write!(f, "below {below}"),
            (at_least, None) => write!(f, "at least {at_least}"),
            (at_least, Some(below)) => write!(f, "at least {at_least} and below {below}"),
        }
    }
}

/// What one fact must be.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Condition {
    /// The flag is this.
    Flag(bool),
    /// The choice is one of these.
    Choice(BTreeSet<ChoiceId>),
    /// The count, taken over the window, is in the range.
    Count(Bounds, Option<WindowId>),
}

/// Conditions that must all hold, one for each fact, so that no two of them
/// can contradict each other.
pub type When = BTreeMap<FactId, Condition>;

/// Returns each condition as `show` and `diff` spell it.
pub fn in_words(when: &When) -> impl Iterator<Item = String> {
    when.iter().map(|(fact, condition)| match condition {
        Condition::Flag(true) => fact.to_string(),
        Condition::Flag(false) => format!("not {fact}"),
        Condition::Choice(among) => {
            let among: Vec<_> = among.iter().map(ToString::to_string).collect();
            format!("{fact} is {}", among.join(" or "))
        }
        Condition::Count(bounds, None) => format!("{fact} {bounds}"),
        Condition::Count(bounds, Some(window)) => format!("{fact} {bounds} ({window})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_some_counts_and_not_all() {
        let count = |number| Some(Count::new(number).unwrap());
        assert!(Bounds::new(count(101), None).is_ok());
        assert!(Bounds::new(None, count(1)).is_ok());
        assert!(Bounds::new(count(1), count(2)).is_ok());
        assert_eq!(Bounds::new(None, None), Err(InvalidBounds::All));
        assert_eq!(Bounds::new(count(0), None), Err(InvalidBounds::All));
        assert!(matches!(Bounds::new(count(2), count(2)), Err(InvalidBounds::Empty(..))));
        assert!(matches!(Bounds::new(None, count(0)), Err(InvalidBounds::Empty(..))));
    }

    #[test]
    fn bounds_are_shown_by_what_they_bound() {
        let count = |number| Some(Count::new(number).unwrap());
        for (at_least, below, expected) in [
            (count(101), None, "at least 101"),
            (None, count(7), "below 7"),
            (count(0), count(7), "below 7"),
            (count(1), count(2), "at least 1 and below 2"),
        ] {
            assert_eq!(Bounds::new(at_least, below).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn a_count_survives_readers_with_floating_point() {
        assert!(Count::new(1 << 53).is_ok());
        assert_eq!(Count::new((1 << 53) + 1), Err(TooLarge((1 << 53) + 1)));
    }
}
