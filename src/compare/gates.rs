//! What became of what one question gets: the whole of its answer on one day
//! against that on another, or of one state against another.
//!
//! The outcome comes first. Where it stays, what would make the transfer
//! lawful is compared as revisions are: it got severer if with some further
//! mechanisms in place and exemptions claimed the outcome would be severer
//! than before. Then what remains to be done.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::compare::axes::{Axes, Conditions};
use crate::compare::bits::Bits;
use crate::compare::cells::{Half, Shift, split};
use crate::compare::rule::{Rule, Way};
use crate::evaluate::{Findings, severity};
use crate::model::{FactId, Flow, Outcome, Value};

/// Returns what became of a flow; `None` where nothing did.
pub(super) fn shift(flow: &Flow, before: &Findings<'_>, after: &Findings<'_>) -> Option<Shift> {
    let (was, is) = (before.outcome(), after.outcome());
    if was != is {
        return Some(if was < is { Shift::Tighter } else { Shift::Looser });
    }
    let claims = Claims::of(flow, [before, after]);
    let pieces = split(Vec::new(), claims.half(before), claims.half(after), Vec::new(), &Axes::default());
    let of_gates = pieces.first().map(|it| it.shift);
    of_gates.or_else(|| of_duties(is, before, after))
}

/// A duty more is something more to do, unless nothing leaves anyhow.
fn of_duties(outcome: Outcome, before: &Findings<'_>, after: &Findings<'_>) -> Option<Shift> {
    if outcome == Outcome::Prohibited {
        return None;
    }
    let (was, is) = (before.verdict().duties, after.verdict().duties);
    match (is.is_subset(&was), was.is_subset(&is)) {
        (true, true) => None,
        (false, true) => Some(Shift::Tighter),
        (false, false) => Some(Shift::Different),
        (true, false) => Some(Shift::Looser),
    }
}

/// The mechanisms and exemptions by which what a question meets can be
/// satisfied and lifted, numbered.
struct Claims<'a> {
    flow: &'a Flow,
    numbers: BTreeMap<&'a FactId, usize>,
}

impl<'a> Claims<'a> {
    fn of(flow: &'a Flow, answers: [&Findings<'a>; 2]) -> Claims<'a> {
        let mut numbers = BTreeMap::new();
        for found in answers.into_iter().flat_map(|it| &it.matches) {
            let ways = found.requires.iter().copied().flat_map(|it| &it.all);
            for claim in ways.chain(&found.entry.exemptions) {
                let next = numbers.len();
                numbers.entry(claim).or_insert(next);
            }
        }
        Claims { flow, numbers }
    }

    /// Returns what stands in the way of a flow.
    fn half(&self, findings: &Findings<'_>) -> Half {
        let rules = findings.matches.iter().filter_map(|found| {
            let (_, severity) = severity(found);
            let mut ways = Vec::new();
            match severity {
                Outcome::Permitted => return None,
                Outcome::Unknown | Outcome::Prohibited => {}
                Outcome::Conditional => ways.extend(found.requires.iter().filter_map(|it| self.way(&it.all))),
            }
            let lifts = self.bits(&found.entry.exemptions);
            Some(Rc::new(Rule { when: Conditions::new(), severity, ways, lifts }))
        });
        let speaks = (!findings.is_silent()).then(Conditions::new);
        Half { rules: rules.collect(), speaks }
    }

    /// Returns what a way still needs; `None` where all of it is in place, so
    /// that it is closed or may be.
    fn way<'f>(&self, all: impl IntoIterator<Item = &'f FactId>) -> Option<Way> {
        let is_missing = |it: &&FactId| self.flow.facts.get(*it) != Some(&Value::Flag(true));
        let all = self.bits(all.into_iter().filter(is_missing));
        (!all.is_empty()).then(|| Way { all, when: Conditions::new() })
    }

    fn bits<'f>(&self, claims: impl IntoIterator<Item = &'f FactId>) -> Bits {
        let mut bits = Bits::none(self.numbers.len());
        claims.into_iter().filter_map(|it| self.numbers.get(it)).for_each(|it| bits.insert(*it));
        bits
    }
}
