//! Conditions by number, and what a question states against them.
//!
//! Flags are bits, so that all of them are decided at once; choices and counts
//! are few, and looked at one by one.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::evaluate::compiled::rows::{Part, pool};
use crate::evaluate::compiled::sets::Certain;
use crate::evaluate::compiled::words::{Form, Words};
use crate::model::fact::SUBJECTS;
use crate::model::{ChoiceId, Condition, Count, FactId, Question, Subjects, Value, When};

/// What stands where a question states nothing. No count is so high.
const NOT_STATED: u64 = u64::MAX;

/// Some flags.
pub(super) type Flags = u128;

/// What a question states of the facts.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Stated {
    /// The flags that are the case, and those that are not.
    pub(super) yes: Flags,
    no: Flags,
    /// The positions of choices, and the counts.
    values: SmallVec<[u64; FEW]>,
}

/// So many choices and counts need no allocation.
const FEW: usize = 6;

impl Stated {
    /// Returns what a question states; `None` where it has a word that has no
    /// number.
    pub(super) fn of(question: &Question, words: &Words) -> Option<Stated> {
        let mut stated = Stated::nothing(words);
        for (fact, value) in &question.facts {
            let number = words.facts.find(fact.as_str())?;
            match (words.form(number)?, value) {
                (Form::Flag(flag), Value::Flag(is_so)) => stated.say(flag, *is_so),
                (Form::Choice(place), Value::Choice(choice)) => {
                    stated.put(place, words.choice(number, choice.as_str())?);
                }
                (Form::Count(place), Value::Count(count)) => stated.put(place, count.number()),
                (Form::Flag(_) | Form::Choice(_) | Form::Count(_), _) => return None,
            }
        }
        if question.ordinary {
            stated.be_ordinary(words);
        }
        Some(stated)
    }

    /// Returns what a question states that states nothing.
    pub(super) fn nothing(words: &Words) -> Stated {
        let values = match words.values {
            // Most vocabularies have few, and are asked by the million.
            few @ ..=FEW => SmallVec::from_buf_and_len([NOT_STATED; FEW], few),
            many => SmallVec::from_elem(NOT_STATED, many),
        };
        Stated { yes: 0, no: 0, values }
    }

    /// States a flag.
    pub(super) fn say(&mut self, flag: Flags, is_so: bool) {
        if is_so {
            self.yes |= flag;
        } else {
            self.no |= flag;
        }
    }

    /// States the position of a choice, or a count.
    pub(super) fn put(&mut self, place: u32, value: u64) {
        if let Some(it) = self.values.get_mut(place as usize) {
            *it = value;
        }
    }

    /// States that every flag that was not stated is not the case.
    pub(super) fn be_ordinary(&mut self, words: &Words) {
        self.no |= words.flags & !self.yes;
    }

    #[inline]
    fn value(&self, place: u32) -> u64 {
        self.values.get(place as usize).copied().unwrap_or(NOT_STATED)
    }
}

/// How many people an item is about.
#[derive(Clone, Debug)]
pub(super) enum People {
    /// So many, whatever the window, or [`NOT_STATED`].
    Each(u64),
    /// So many by window.
    In(Box<[u64]>),
}

impl People {
    pub(super) fn of_each(count: Option<Count>) -> People {
        People::Each(count.map_or(NOT_STATED, Count::number))
    }

    pub(super) fn of(subjects: Option<&Subjects>, words: &Words) -> People {
        match subjects {
            None => People::of_each(None),
            Some(Subjects::Each(count)) => People::of_each(Some(*count)),
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

/// A condition that is not on a flag.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Test {
    /// The position of the choice has its bit here.
    Among { place: u32, positions: u64 },
    /// The count is at least, and below.
    Between { place: u32, at_least: u64, below: u64 },
    /// So is the number of people over a window.
    People { window: u32, at_least: u64, below: u64 },
    /// What is too large for these numbers: it is always left open here, and
    /// so decided by those who read the conditions themselves.
    Elsewhere,
}

impl Test {
    fn on_choice(fact: u32, place: u32, among: impl Iterator<Item = impl AsRef<str>>, words: &Words) -> Test {
        let mut positions = 0;
        for choice in among {
            match words.choice(fact, choice.as_ref()) {
                Some(position @ 0..64) => positions |= 1 << position,
                Some(_) | None => return Test::Elsewhere,
            }
        }
        Test::Among { place, positions }
    }

    #[inline]
    fn holds(&self, stated: &Stated, people: &People) -> Certain {
        let (value, holds) = match *self {
            Test::Among { place, positions } => {
                let value = stated.value(place);
                (value, value < 64 && positions >> value & 1 == 1)
            }
            Test::Between { place, at_least, below } => {
                let value = stated.value(place);
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

/// Conditions that must all hold.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
struct All {
    yes: Flags,
    no: Flags,
    tests: Part,
}

/// Sets of conditions by number. Number 0 is no condition.
#[derive(Clone, Debug)]
pub(super) struct ConditionSets {
    sets: Vec<All>,
    tests: Vec<Test>,
    numbers: FxHashMap<(Flags, Flags, Vec<Test>), u32>,
}

/// No condition.
pub(super) const ALWAYS: u32 = 0;

impl ConditionSets {
    pub(super) fn new() -> ConditionSets {
        ConditionSets { sets: vec![All::default()], tests: Vec::new(), numbers: FxHashMap::default() }
    }

    /// Returns the number of conditions.
    pub(super) fn number(&mut self, when: &When, words: &Words) -> u32 {
        if when.is_empty() {
            return ALWAYS;
        }
        let (mut yes, mut no, mut tests) = (0, 0, Vec::new());
        for (fact, condition) in when {
            match read(fact, condition, words) {
                Read::Yes(flag) => yes |= flag,
                Read::No(flag) => no |= flag,
                Read::Test(test) => tests.push(test),
            }
        }
        let key = (yes, no, tests);
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let tests = pool(&mut self.tests, key.2.iter().copied());
        self.sets.push(All { yes, no, tests });
        let new = crate::evaluate::compiled::rows::number(self.sets.len() - 1);
        self.numbers.insert(key, new);
        new
    }

    /// Returns whether conditions hold.
    #[inline]
    pub(super) fn hold(&self, number: u32, stated: &Stated, people: &People) -> Certain {
        if number == ALWAYS { Certain::Yes } else { self.all_hold(number, stated, people) }
    }

    fn all_hold(&self, number: u32, stated: &Stated, people: &People) -> Certain {
        let Some(all) = self.sets.get(number as usize) else { return Certain::Open };
        if all.yes & stated.no | all.no & stated.yes != 0 {
            return Certain::No;
        }
        let mut is_open = all.yes & !stated.yes | all.no & !stated.no != 0;
        for test in all.tests.of(&self.tests) {
            match test.holds(stated, people) {
                Certain::No => return Certain::No,
                Certain::Open => is_open = true,
                Certain::Yes => {}
            }
        }
        if is_open { Certain::Open } else { Certain::Yes }
    }

    pub(super) fn bytes(&self) -> usize {
        self.sets.len() * size_of::<All>() + self.tests.len() * size_of::<Test>()
    }
}

enum Read {
    Yes(Flags),
    No(Flags),
    Test(Test),
}

fn read(fact: &FactId, condition: &Condition, words: &Words) -> Read {
    let Some(number) = words.facts.find(fact.as_str()) else { return Read::Test(Test::Elsewhere) };
    let test = match (words.form(number), condition) {
        (Some(Form::Flag(flag)), Condition::Flag(true)) => return Read::Yes(flag),
        (Some(Form::Flag(flag)), Condition::Flag(false)) => return Read::No(flag),
        (Some(Form::Choice(place)), Condition::Choice(among)) => {
            Test::on_choice(number, place, among.iter().map(ChoiceId::as_str), words)
        }
        (Some(Form::Count(place)), Condition::Count(bounds, window)) => {
            let (at_least, below) = (bounds.at_least().number(), bounds.below().map_or(NOT_STATED, Count::number));
            if fact.as_str() != SUBJECTS {
                return Read::Test(Test::Between { place, at_least, below });
            }
            let window = window.as_ref().map_or(Some(u32::MAX), |it| words.windows.find(it.as_str()));
            window.map_or(Test::Elsewhere, |window| Test::People { window, at_least, below })
        }
        (_, Condition::Flag(_) | Condition::Choice(_) | Condition::Count(..)) => Test::Elsewhere,
    };
    Read::Test(test)
}
