//! Conditions by number, and what a question states against them.

use std::sync::Arc;

use crate::evaluate::compiled::sets::Certain;
use crate::evaluate::compiled::words::Words;
use crate::model::fact::SUBJECTS;
use crate::model::{Condition, Count, FactId, Question, Subjects, Value, When};

/// What stands where a question states nothing. No count is so high.
pub(super) const NOT_STATED: u64 = u64::MAX;

/// What a question states of the facts, by their number: the position of a
/// choice, 0 or 1 of a flag, a count.
pub(super) type Stated = Arc<[u64]>;

/// How many people an item is about.
#[derive(Clone, Debug)]
pub(super) enum People {
    /// So many, whatever the window, or [`NOT_STATED`].
    Each(u64),
    /// So many by window.
    In(Box<[u64]>),
}

impl People {
    pub(super) fn of(subjects: Option<&Subjects>, words: &Words) -> People {
        match subjects {
            None => People::Each(NOT_STATED),
            Some(Subjects::Each(count)) => People::Each(count.number()),
            Some(Subjects::In(counts)) => {
                let mut all = vec![NOT_STATED; words.windows.len()];
                for (window, count) in counts {
                    let place = words.windows.find(window.as_str()).and_then(|it| all.get_mut(it as usize));
                    if let Some(it) = place {
                        *it = count.number();
                    }
                }
                People::In(all.into())
            }
        }
    }

    /// Returns the number over a window. An entry without a window is met only
    /// by a number for every window.
    #[inline]
    fn over(&self, window: u32) -> u64 {
        match self {
            People::Each(number) => *number,
            People::In(numbers) => numbers.get(window as usize).copied().unwrap_or(NOT_STATED),
        }
    }
}

/// Returns what a question states, by the number of the fact; `None` where it
/// has a word that is not known.
pub(super) fn stated(question: &Question, words: &Words) -> Option<Stated> {
    let mut stated = vec![NOT_STATED; words.facts.len()];
    if question.ordinary {
        for flag in &words.flags {
            if let Some(it) = stated.get_mut(*flag as usize) {
                *it = 0;
            }
        }
    }
    for (fact, value) in &question.facts {
        let number = words.facts.find(fact.as_str())?;
        *stated.get_mut(number as usize)? = value_of(number, value, words)?;
    }
    Some(stated.into())
}

fn value_of(fact: u32, value: &Value, words: &Words) -> Option<u64> {
    match value {
        Value::Flag(stated) => Some(u64::from(*stated)),
        Value::Choice(choice) => words.choice(fact, choice.as_str()).map(|it| it as u64),
        Value::Count(count) => Some(count.number()),
    }
}

/// One condition.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Test {
    /// The value of the fact has its bit here.
    Among { fact: u32, values: u64 },
    /// The count is at least, and below.
    Between { fact: u32, at_least: u64, below: u64 },
    /// So is the number of people over a window.
    People { window: u32, at_least: u64, below: u64 },
    /// What is too large for these numbers: it is always left open here, and
    /// so decided by those who read the conditions themselves.
    Elsewhere,
}

impl Test {
    /// Returns the condition on a fact.
    pub(super) fn of(fact: &FactId, condition: &Condition, words: &Words) -> Test {
        let Some(number) = words.facts.find(fact.as_str()) else { return Test::Elsewhere };
        match condition {
            Condition::Flag(expected) => Test::Among { fact: number, values: 1 << u32::from(*expected) },
            Condition::Choice(among) => {
                let positions = among.iter().map(|it| words.choice(number, it.as_str()).filter(|it| *it < 64));
                let values: Option<u64> = positions.map(|it| it.map(|it| 1 << it)).sum();
                values.map_or(Test::Elsewhere, |values| Test::Among { fact: number, values })
            }
            Condition::Count(bounds, window) => {
                let (at_least, below) = (bounds.at_least().number(), bounds.below().map_or(NOT_STATED, Count::number));
                if fact.as_str() != SUBJECTS {
                    return Test::Between { fact: number, at_least, below };
                }
                let window = window.as_ref().map_or(Some(u32::MAX), |it| words.windows.find(it.as_str()));
                window.map_or(Test::Elsewhere, |window| Test::People { window, at_least, below })
            }
        }
    }

    #[inline]
    fn holds(&self, stated: &[u64], people: &People) -> Certain {
        let value = |fact: u32| stated.get(fact as usize).copied().unwrap_or(NOT_STATED);
        let (value, holds) = match *self {
            Test::Among { fact, values } => {
                let value = value(fact);
                (value, value < 64 && values >> value & 1 == 1)
            }
            Test::Between { fact, at_least, below } => {
                let value = value(fact);
                (value, at_least <= value && value < below)
            }
            Test::People { window, at_least, below } => {
                let value = people.over(window);
                (value, at_least <= value && value < below)
            }
            Test::Elsewhere => return Certain::Open,
        };
        if value == NOT_STATED {
            return Certain::Open;
        }
        if holds { Certain::Yes } else { Certain::No }
    }
}

/// Returns the conditions by number.
pub(super) fn tests<'a>(when: &'a When, words: &'a Words) -> impl Iterator<Item = Test> + 'a {
    when.iter().map(|(fact, condition)| Test::of(fact, condition, words))
}

/// Returns whether all conditions hold.
#[inline]
pub(super) fn all_hold(tests: &[Test], stated: &[u64], people: &People) -> Certain {
    let mut all = Certain::Yes;
    for test in tests {
        match test.holds(stated, people) {
            Certain::No => return Certain::No,
            Certain::Open => all = Certain::Open,
            Certain::Yes => {}
        }
    }
    all
}

/// Returns whether a flag is stated to be the case.
#[inline]
pub(super) fn is_stated_true(fact: u32, stated: &[u64]) -> bool {
    stated.get(fact as usize) == Some(&1)
}
