//! What an entry comes to in a verdict, and how two sets of such rules
//! compare, whatever mechanisms are in place and exemptions claimed.
//!
//! The outcome is at least some severity where a rule of that severity is
//! neither lifted nor satisfied. That only ever gets milder with more claims,
//! so one set of rules is severer than another somewhere exactly if one of its
//! rules can be left alone by claims that take care of all rules of the other
//! that are as severe: everything but what would lift or satisfy that rule.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::compare::axes::{Axes, Conditions, both};
use crate::compare::bits::Bits;
use crate::model::{Effect, Entry, Outcome};

/// What an entry comes to. Of two entries that come to the same one is enough.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Rule {
    pub(super) when: Conditions,
    /// What it comes to where it is neither lifted nor satisfied. Never
    /// permitted; conditional only while a way may be open.
    pub(super) severity: Outcome,
    pub(super) ways: Vec<Way>,
    /// The exemptions that lift it.
    pub(super) lifts: Bits,
}

/// All rules of a comparison, by number: equal ones have the same.
#[derive(Debug, Default)]
pub(super) struct Book {
    rules: Vec<Rc<Rule>>,
    numbers: BTreeMap<Rc<Rule>, usize>,
}

impl Book {
    pub(super) fn number(&mut self, rule: Rule) -> usize {
        if let Some(number) = self.numbers.get(&rule) {
            return *number;
        }
        let rule = Rc::new(rule);
        self.rules.push(Rc::clone(&rule));
        self.numbers.insert(rule, self.rules.len() - 1);
        self.rules.len() - 1
    }

    pub(super) fn rules<'b>(&'b self, numbers: &'b [usize]) -> impl Iterator<Item = &'b Rc<Rule>> {
        numbers.iter().filter_map(|it| self.rules.get(*it))
    }
}

/// Mechanisms that satisfy a rule together, and when they do.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Way {
    pub(super) all: Bits,
    pub(super) when: Conditions,
}

impl Rule {
    /// Returns what an entry comes to where some conditions hold; `None` of
    /// one that is no gate.
    pub(super) fn of(entry: &Entry, when: Conditions, axes: &Axes, item: usize) -> Option<Rule> {
        let mut ways = Vec::new();
        let severity = match &entry.effect {
            Effect::Notice => return None,
            Effect::Undetermined => Outcome::Unknown,
            Effect::Prohibited => Outcome::Prohibited,
            Effect::Conditional(alternatives) => {
                for it in alternatives {
                    let all = axes.claims(&it.all);
                    ways.extend(axes.conditions(&it.when, None, item).map(|when| Way { all, when }));
                }
                Outcome::Conditional
            }
        };
        let rule = Rule { when, severity, ways, lifts: axes.claims(&entry.exemptions) };
        Some(rule.tidied())
    }

    /// Returns what is left of a rule within some cells; `None` where it does
    /// not apply.
    pub(super) fn within(&self, cells: &[Bits]) -> Option<Rule> {
        let when = left_open(&self.when, cells)?;
        let way = |way: &Way| Some(Way { all: way.all.clone(), when: left_open(&way.when, cells)? });
        let ways = self.ways.iter().filter_map(way).collect();
        Some(Rule { when, severity: self.severity, ways, lifts: self.lifts.clone() }.tidied())
    }

    fn tidied(mut self) -> Rule {
        // No way is open: nothing makes it lawful.
        if self.severity == Outcome::Conditional && self.ways.is_empty() {
            self.severity = Outcome::Prohibited;
        }
        self.ways.sort();
        self.ways.dedup();
        let ways = self.ways.clone();
        // What needs more than another way that is open adds nothing.
        let adds = |it: &Way| {
            !ways.iter().any(|other| {
                other != it && other.when.is_empty() && other.all.is_within(&it.all) && other.all != it.all
            })
        };
        self.ways.retain(adds);
        self
    }

    /// Returns the rule where a question states one number of people for all
    /// windows; `None` where nothing meets it.
    pub(super) fn regardless_of_window(&self, axes: &Axes) -> Option<Rule> {
        let when = regardless_of_window(&self.when, axes)?;
        let way = |way: &Way| Some(Way { all: way.all.clone(), when: regardless_of_window(&way.when, axes)? });
        let ways = self.ways.iter().filter_map(way).collect();
        Some(Rule { when, severity: self.severity, ways, lifts: self.lifts.clone() }.tidied())
    }

    /// Returns everything that the rule hangs on.
    pub(super) fn axes(&self) -> impl Iterator<Item = usize> {
        self.when.iter().chain(self.ways.iter().flat_map(|it| &it.when)).map(|(axis, _)| *axis)
    }

    /// Returns whether the rule applies for certain.
    pub(super) fn is_certain(&self) -> bool {
        self.when.is_empty()
    }

    /// Returns whether nothing about the rule is open.
    pub(super) fn is_settled(&self) -> bool {
        self.when.is_empty() && self.ways.iter().all(|it| it.when.is_empty())
    }

    /// Returns an axis, and some of its cells, on which it hangs whether the
    /// rule applies and can be satisfied.
    pub(super) fn open(&self) -> Option<&(usize, Bits)> {
        self.when.first().or_else(|| self.ways.iter().find_map(|it| it.when.first()))
    }

    /// Returns whether anything about the rule hangs on an axis.
    pub(super) fn hangs_on(&self, axis: usize) -> bool {
        self.axes().any(|it| it == axis)
    }

    /// Returns the smallest sets of claims of which one must be left out
    /// whole, so that the rule is neither lifted nor satisfied. Ways that may
    /// be closed are taken as open.
    pub(super) fn left_out(&self) -> Vec<Bits> {
        let mut sets = vec![self.lifts.clone()];
        for way in &self.ways {
            let mut longer = Vec::new();
            for set in sets {
                if set.meets(&way.all) {
                    longer.push(set);
                    continue;
                }
                longer.extend(way.all.iter().map(|mechanism| {
                    let mut set = set.clone();
                    set.insert(mechanism);
                    set
                }));
            }
            longer.sort();
            longer.dedup();
            sets = longer;
        }
        sets
    }

    /// Returns whether the rule stays, at a severity or above, while
    /// everything but these claims is made. Its ways are taken as open, and
    /// so it stays all the more where some are closed.
    pub(super) fn stays(&self, without: &Bits, severity: Outcome) -> bool {
        severity <= self.severity && self.lifts.is_within(without) && self.ways.iter().all(|it| it.all.meets(without))
    }

    /// Returns whether the rule might stay if some of its ways were closed.
    pub(super) fn might_stay(&self, without: &Bits) -> bool {
        let certain = || self.ways.iter().filter(|it| it.when.is_empty());
        self.lifts.is_within(without) && certain().all(|it| it.all.meets(without))
    }

    /// Returns whether claims lift or satisfy the rule, all of whose ways are
    /// open.
    pub(super) fn is_met_by(&self, claims: &Bits) -> bool {
        self.lifts.meets(claims) || self.ways.iter().any(|it| it.all.is_within(claims))
    }
}

/// Returns the conditions that are still open within some cells; `None` where
/// one of them fails.
pub(super) fn left_open(conditions: &Conditions, cells: &[Bits]) -> Option<Conditions> {
    let mut open = Conditions::new();
    for (axis, allowed) in conditions {
        let Some(possible) = cells.get(*axis) else { continue };
        if possible.is_within(allowed) {
            continue;
        }
        let narrowed = possible.and(allowed);
        if narrowed.is_empty() {
            return None;
        }
        open.push((*axis, narrowed));
    }
    Some(open)
}

/// Returns conditions where a question states one number of people for all
/// windows; `None` where nothing meets them.
pub(super) fn regardless_of_window(conditions: &Conditions, axes: &Axes) -> Option<Conditions> {
    let tied = |(axis, allowed): &(usize, Bits)| vec![(axes.regardless_of_window(*axis), allowed.clone())];
    conditions.iter().try_fold(Conditions::new(), |all, it| both(&all, &tied(it)))
}
