//! What entries come to, by number: entries that bind in the same way under
//! the same conditions are one rule, in whatever list and revision they stand.

use rustc_hash::FxHashMap;

use crate::evaluate::compiled::conditions::{People, Test, all_hold, is_stated_true, tests};
use crate::evaluate::compiled::rows::number;
use crate::evaluate::compiled::sets::{CategorySets, Certain, DestinationSets, Lies};
use crate::evaluate::compiled::words::Words;
use crate::model::{Effect, Entry, FactId, Outcome, Revision, When};

/// Part of a pool.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    start: u32,
    length: u32,
}

impl Part {
    #[inline]
    fn of<T>(self, pool: &[T]) -> &[T] {
        let start = self.start as usize;
        pool.get(start..start + self.length as usize).unwrap_or_default()
    }
}

/// A rule. All that makes the verdict of an entry is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    effect: RuleEffect,
    destinations: u32,
    tests: Part,
    exemptions: Part,
    ways: Part,
    /// The categories that are left out, where there are any.
    except: Option<u32>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum RuleEffect {
    Notice,
    Conditional,
    Undetermined,
    Prohibited,
}

/// One way to satisfy a rule.
#[derive(Clone, Copy, Debug)]
struct Way {
    all: Part,
    tests: Part,
}

/// What a rule comes to for one item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Bearing {
    /// It does not apply.
    None,
    /// What the question leaves open decides.
    Open,
    /// It applies, and comes to this.
    Applies(Outcome),
}

/// All rules, by number.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) destinations: DestinationSets,
    pub(super) categories: CategorySets,
    rules: Vec<Rule>,
    tests: Vec<Test>,
    facts: Vec<u32>,
    ways: Vec<Way>,
    numbers: FxHashMap<Box<[u64]>, u32>,
    conditions: FxHashMap<Vec<Test>, Conditions>,
}

/// Some conditions that must all hold, by number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Conditions(Part);

/// What is asked of a rule: what a question states, where the data goes, and
/// the item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'q> {
    pub(super) stated: &'q [u64],
    pub(super) to: Option<u32>,
    pub(super) category: u32,
    pub(super) people: &'q People,
}

impl Rules {
    pub(super) fn new() -> Rules {
        Rules {
            destinations: DestinationSets::new(),
            categories: CategorySets::new(),
            rules: Vec::new(),
            tests: Vec::new(),
            facts: Vec::new(),
            ways: Vec::new(),
            numbers: FxHashMap::default(),
            conditions: FxHashMap::default(),
        }
    }

    /// Returns the number of the rule that an entry of a revision is. `key` is
    /// scratch space.
    pub(super) fn number(&mut self, entry: &Entry, revision: &Revision, words: &Words, key: &mut Vec<u64>) -> u32 {
        let destinations = self.destinations.number(&entry.to, revision, words);
        let except = (!entry.except.is_empty()).then(|| self.categories.number(&entry.except, words));
        write_key(entry, destinations, except, words, key);
        if let Some(known) = self.numbers.get(key.as_slice()) {
            return *known;
        }
        let (effect, ways) = match &entry.effect {
            Effect::Notice => (RuleEffect::Notice, &[][..]),
            Effect::Conditional(ways) => (RuleEffect::Conditional, ways.as_slice()),
            Effect::Undetermined => (RuleEffect::Undetermined, &[][..]),
            Effect::Prohibited => (RuleEffect::Prohibited, &[][..]),
        };
        let ways: Vec<_> = ways
            .iter()
            .map(|it| Way { all: self.pool_facts(&it.all, words), tests: self.conditions(&it.when, words).0 })
            .collect();
        let rule = Rule {
            effect,
            destinations,
            tests: self.conditions(&entry.when, words).0,
            exemptions: self.pool_facts(&entry.exemptions, words),
            ways: pool(&mut self.ways, ways),
            except,
        };
        self.rules.push(rule);
        let new = number(self.rules.len() - 1);
        self.numbers.insert(key.as_slice().into(), new);
        new
    }

    /// Returns conditions by number.
    pub(super) fn conditions(&mut self, when: &When, words: &Words) -> Conditions {
        let tests: Vec<_> = tests(when, words).collect();
        if let Some(known) = self.conditions.get(&tests) {
            return *known;
        }
        let new = Conditions(pool(&mut self.tests, tests.iter().copied()));
        self.conditions.insert(tests, new);
        new
    }

    fn pool_facts<'a>(&mut self, facts: impl IntoIterator<Item = &'a FactId>, words: &Words) -> Part {
        pool(&mut self.facts, facts.into_iter().map(|it| fact_number(it, words)))
    }

    /// Returns whether conditions hold.
    #[inline]
    pub(super) fn hold(&self, conditions: Conditions, asked: &Circumstances<'_>) -> Certain {
        all_hold(conditions.0.of(&self.tests), asked.stated, asked.people)
    }

    /// Returns what a rule comes to, for data of a category that it covers.
    #[inline]
    pub(super) fn bearing(&self, rule: u32, asked: &Circumstances<'_>) -> Bearing {
        let Some(rule) = self.rules.get(rule as usize) else { return Bearing::Open };
        if rule.exemptions.of(&self.facts).iter().any(|it| is_stated_true(*it, asked.stated)) {
            return Bearing::None;
        }
        let towards = self.destinations.has(rule.destinations, asked.to);
        if towards == Certain::No {
            return Bearing::None;
        }
        let mut is_open = towards == Certain::Open;
        match all_hold(rule.tests.of(&self.tests), asked.stated, asked.people) {
            Certain::No => return Bearing::None,
            Certain::Open => is_open = true,
            Certain::Yes => {}
        }
        if let Some(except) = rule.except {
            match self.categories.lies(except, asked.category) {
                Lies::Inside => return Bearing::None,
                Lies::Across => is_open = true,
                Lies::Outside => {}
            }
        }
        if is_open {
            return Bearing::Open;
        }
        match rule.effect {
            RuleEffect::Notice => Bearing::Applies(Outcome::Permitted),
            RuleEffect::Undetermined => Bearing::Applies(Outcome::Unknown),
            RuleEffect::Prohibited => Bearing::Applies(Outcome::Prohibited),
            RuleEffect::Conditional => self.weigh_ways(rule, asked),
        }
    }

    #[inline]
    fn weigh_ways(&self, rule: &Rule, asked: &Circumstances<'_>) -> Bearing {
        // Nothing makes it lawful where no way is open.
        let mut outcome = Outcome::Prohibited;
        for way in rule.ways.of(&self.ways) {
            match all_hold(way.tests.of(&self.tests), asked.stated, asked.people) {
                Certain::No => continue,
                Certain::Open => return Bearing::Open,
                Certain::Yes => {}
            }
            if way.all.of(&self.facts).iter().all(|it| is_stated_true(*it, asked.stated)) {
                outcome = Outcome::Permitted;
            } else if outcome == Outcome::Prohibited {
                outcome = Outcome::Conditional;
            }
        }
        Bearing::Applies(outcome)
    }

    /// Returns for each way of a rule whether it is open, and whether it is in
    /// place.
    pub(super) fn ways<'r>(
        &'r self,
        rule: u32,
        asked: &'r Circumstances<'_>,
    ) -> impl Iterator<Item = (bool, bool)> + 'r {
        let ways = self.rules.get(rule as usize).map(|it| it.ways.of(&self.ways)).unwrap_or_default();
        ways.iter().map(|way| {
            let is_open = all_hold(way.tests.of(&self.tests), asked.stated, asked.people) == Certain::Yes;
            (is_open, way.all.of(&self.facts).iter().all(|it| is_stated_true(*it, asked.stated)))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.destinations.bytes()
            + self.categories.bytes()
            + self.rules.len() * size_of::<Rule>()
            + self.tests.len() * size_of::<Test>()
            + self.facts.len() * size_of::<u32>()
            + self.ways.len() * size_of::<Way>()
    }
}

fn pool<T>(pool: &mut Vec<T>, values: impl IntoIterator<Item = T>) -> Part {
    let start = pool.len();
    pool.extend(values);
    Part { start: number(start), length: number(pool.len() - start) }
}

/// A fact that the vocabulary does not have is never stated.
fn fact_number(fact: &FactId, words: &Words) -> u32 {
    words.facts.find(fact.as_str()).unwrap_or(u32::MAX)
}

/// Writes all that makes a rule, so that two are one if and only if this is.
/// Each part says how long it is, so that nothing runs into another.
fn write_key(entry: &Entry, destinations: u32, except: Option<u32>, words: &Words, key: &mut Vec<u64>) {
    key.clear();
    key.extend([u64::from(destinations), except.map_or(NONE, u64::from)]);
    write_facts(&entry.exemptions, words, key);
    write_facts(&entry.duties, words, key);
    write_conditions(&entry.when, words, key);
    match &entry.effect {
        Effect::Notice => key.push(0),
        Effect::Undetermined => key.push(1),
        Effect::Prohibited => key.push(2),
        Effect::Conditional(ways) => {
            key.push(3);
            for way in ways {
                write_facts(&way.all, words, key);
                write_conditions(&way.when, words, key);
            }
        }
    }
}

/// What no number here is.
const NONE: u64 = u64::MAX;

fn write_facts<'a>(
    facts: impl IntoIterator<Item = &'a FactId, IntoIter: ExactSizeIterator>,
    words: &Words,
    key: &mut Vec<u64>,
) {
    let facts = facts.into_iter();
    key.push(facts.len() as u64);
    key.extend(facts.map(|it| u64::from(fact_number(it, words))));
}

fn write_conditions(when: &When, words: &Words, key: &mut Vec<u64>) {
    key.push(when.len() as u64);
    for test in tests(when, words) {
        key.extend(match test {
            Test::Among { fact, values } => [0, u64::from(fact), values, 0],
            Test::Between { fact, at_least, below } => [1, u64::from(fact), at_least, below],
            Test::People { window, at_least, below } => [2, u64::from(window), at_least, below],
            Test::Elsewhere => [3, 0, 0, 0],
        });
    }
}
