//! What entries come to: entries that bind in the same way under the same
//! conditions are one rule.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::evaluate::compiled::conditions::{ConditionSets, Flags, People, Stated};
use crate::evaluate::compiled::rows::{Part, number, pool};
use crate::evaluate::compiled::sets::{CategorySets, Certain, DestinationSets, Lies};
use crate::evaluate::compiled::words::{Form, Words};
use crate::model::{Alternative, Effect, Entry, FactId, Outcome, Revision};

/// A rule. All that makes the verdict of an entry is in it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Rule {
    destinations: u32,
    conditions: u32,
    /// The categories that are left out, or [`NOTHING`].
    except: u32,
    manner: u32,
}

/// How a rule binds. Few are different, and there are many rules.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Manner {
    effect: RuleEffect,
    ways: Part,
    exemptions: u32,
    duties: u32,
}

/// No category is left out.
const NOTHING: u32 = u32::MAX;

/// What a rule does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum RuleEffect {
    Notice,
    Conditional,
    Undetermined,
    Prohibited,
}

/// One way to satisfy a rule.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Way {
    /// The mechanisms that are needed, together.
    all: u32,
    conditions: u32,
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

/// What rules are made of, each part once.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) destinations: DestinationSets,
    pub(super) categories: CategorySets,
    pub(super) conditions: ConditionSets,
    facts: FactSets,
    ways: Vec<Way>,
    way_numbers: FxHashMap<Vec<Way>, Part>,
    manners: Vec<Manner>,
    manner_numbers: FxHashMap<Manner, u32>,
}

/// What is asked of a rule: what a question states, where the data goes, and
/// the item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'q> {
    pub(super) stated: &'q Stated,
    pub(super) to: Option<u32>,
    pub(super) category: u32,
    pub(super) people: &'q People,
}

impl Parts {
    pub(super) fn new(words: &Words) -> Parts {
        Parts {
            destinations: DestinationSets::new(words),
            categories: CategorySets::new(),
            conditions: ConditionSets::new(),
            facts: FactSets::default(),
            ways: Vec::new(),
            way_numbers: FxHashMap::default(),
            manners: Vec::new(),
            manner_numbers: FxHashMap::default(),
        }
    }

    /// Returns the rule that an entry of a revision is.
    pub(super) fn rule(&mut self, entry: &Entry, revision: &Revision, words: &Words) -> Rule {
        let (effect, ways) = match &entry.effect {
            Effect::Notice => (RuleEffect::Notice, &[][..]),
            Effect::Conditional(ways) => (RuleEffect::Conditional, ways.as_slice()),
            Effect::Undetermined => (RuleEffect::Undetermined, &[][..]),
            Effect::Prohibited => (RuleEffect::Prohibited, &[][..]),
        };
        let manner = Manner {
            effect,
            ways: self.ways(ways, words),
            exemptions: self.facts.number(&entry.exemptions, words),
            duties: self.facts.number(&entry.duties, words),
        };
        Rule {
            destinations: self.destinations.number(&entry.to, revision, words),
            conditions: self.conditions.number(&entry.when, words),
            except: if entry.except.is_empty() { NOTHING } else { self.categories.number(&entry.except, words) },
            manner: self.manner(manner),
        }
    }

    fn manner(&mut self, manner: Manner) -> u32 {
        let next = number(self.manners.len());
        let found = *self.manner_numbers.entry(manner).or_insert(next);
        if found == next {
            self.manners.push(manner);
        }
        found
    }

    fn ways(&mut self, ways: &[Alternative], words: &Words) -> Part {
        let way = |it: &Alternative| Way {
            all: self.facts.number(&it.all, words),
            conditions: self.conditions.number(&it.when, words),
        };
        let ways: Vec<_> = ways.iter().map(way).collect();
        if let Some(known) = self.way_numbers.get(&ways) {
            return *known;
        }
        let part = pool(&mut self.ways, ways.iter().copied());
        self.way_numbers.insert(ways, part);
        part
    }

    /// Returns what a rule comes to, for data of a category that it covers.
    #[inline]
    pub(super) fn bearing(&self, rule: &Rule, asked: &Circumstances<'_>) -> Bearing {
        let towards = self.destinations.has(rule.destinations, asked.to);
        if towards == Certain::No {
            return Bearing::None;
        }
        let holds = self.conditions.hold(rule.conditions, asked.stated, asked.people);
        if holds == Certain::No {
            return Bearing::None;
        }
        let mut is_open = towards == Certain::Open || holds == Certain::Open;
        let Some(manner) = self.manners.get(rule.manner as usize) else { return Bearing::Open };
        if manner.exemptions != NO_FACT && self.facts.has_any(manner.exemptions, asked.stated) {
            return Bearing::None;
        }
        if rule.except != NOTHING {
            match self.categories.lies(rule.except, asked.category) {
                Lies::Inside => return Bearing::None,
                Lies::Across => is_open = true,
                Lies::Outside => {}
            }
        }
        if is_open {
            return Bearing::Open;
        }
        match manner.effect {
            RuleEffect::Notice => Bearing::Applies(Outcome::Permitted),
            RuleEffect::Undetermined => Bearing::Applies(Outcome::Unknown),
            RuleEffect::Prohibited => Bearing::Applies(Outcome::Prohibited),
            RuleEffect::Conditional => self.weigh_ways(manner, asked),
        }
    }

    #[inline]
    fn weigh_ways(&self, manner: &Manner, asked: &Circumstances<'_>) -> Bearing {
        // Nothing makes it lawful where no way is open.
        let mut outcome = Outcome::Prohibited;
        for way in manner.ways.of(&self.ways) {
            match self.conditions.hold(way.conditions, asked.stated, asked.people) {
                Certain::No => continue,
                Certain::Open => return Bearing::Open,
                Certain::Yes => {}
            }
            if self.facts.has_all(way.all, asked.stated) {
                outcome = Outcome::Permitted;
            } else if outcome == Outcome::Prohibited {
                outcome = Outcome::Conditional;
            }
        }
        Bearing::Applies(outcome)
    }

    /// Returns for each way of a rule whether it is open, and whether it is in
    /// place.
    pub(super) fn each_way<'r>(
        &'r self,
        rule: &Rule,
        asked: &'r Circumstances<'_>,
    ) -> impl Iterator<Item = (bool, bool)> + 'r {
        let ways = self.manners.get(rule.manner as usize).map_or(Part::default(), |it| it.ways);
        ways.of(&self.ways).iter().map(|way| {
            let is_open = self.conditions.hold(way.conditions, asked.stated, asked.people) == Certain::Yes;
            (is_open, self.facts.has_all(way.all, asked.stated))
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.destinations.bytes()
            + self.categories.bytes()
            + self.conditions.bytes()
            + self.facts.sets.len() * size_of::<FactSet>()
            + self.ways.len() * size_of::<Way>()
            + self.manners.len() * size_of::<Manner>()
    }
}

/// Sets of flags by number. Number 0 is no flag.
#[derive(Clone, Debug)]
struct FactSets {
    sets: Vec<FactSet>,
    numbers: FxHashMap<BTreeSet<FactId>, u32>,
}

/// No flag.
const NO_FACT: u32 = 0;

/// Some flags.
#[derive(Clone, Copy, Debug)]
struct FactSet {
    bits: Flags,
    /// Whether each has a bit. One that has none is stated by no question
    /// that was looked up.
    is_whole: bool,
}

impl Default for FactSets {
    fn default() -> FactSets {
        let nothing = FactSet { bits: 0, is_whole: true };
        FactSets { sets: vec![nothing], numbers: FxHashMap::from_iter([(BTreeSet::new(), NO_FACT)]) }
    }
}

impl FactSets {
    fn number(&mut self, facts: &BTreeSet<FactId>, words: &Words) -> u32 {
        if facts.is_empty() {
            return NO_FACT;
        }
        if let Some(known) = self.numbers.get(facts) {
            return *known;
        }
        let mut set = FactSet { bits: 0, is_whole: true };
        for fact in facts {
            match words.facts.find(fact.as_str()).and_then(|it| words.form(it)) {
                Some(Form::Flag(flag)) => set.bits |= flag,
                Some(Form::Choice(_) | Form::Count(_)) | None => set.is_whole = false,
            }
        }
        let new = number(self.sets.len());
        self.sets.push(set);
        self.numbers.insert(facts.clone(), new);
        new
    }

    #[inline]
    fn has_any(&self, number: u32, stated: &Stated) -> bool {
        self.sets.get(number as usize).is_some_and(|it| it.bits & stated.yes != 0)
    }

    #[inline]
    fn has_all(&self, number: u32, stated: &Stated) -> bool {
        self.sets.get(number as usize).is_some_and(|it| it.is_whole && it.bits & !stated.yes == 0)
    }
}
