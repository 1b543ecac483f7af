//! How the values of a fact are told apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::atlas::number;
use crate::model::{ChoiceId, Condition, Count, FactId, Value};

/// What is left open, or not looked at.
pub(super) const OPEN: u32 = 0;

/// How the values of a fact are told apart.
#[derive(Debug)]
pub(super) enum Sight {
    /// Yes from no.
    Flag,
    /// Yes from everything else: a mechanism or an exemption.
    Claim,
    /// By the conditions that they meet.
    Choice(BTreeMap<ChoiceId, u32>),
    /// By the thresholds that they reach.
    Count(BTreeSet<Count>),
}

impl Sight {
    /// Returns how a flag looks.
    pub(super) fn flag(stated: bool) -> u32 {
        if stated { 2 } else { 1 }
    }

    /// Returns how a value looks.
    pub(super) fn of(&self, value: &Value) -> u32 {
        match (self, value) {
            (Sight::Flag, Value::Flag(stated)) => Sight::flag(*stated),
            (Sight::Claim, Value::Flag(true)) => Sight::flag(true),
            (Sight::Choice(seen), Value::Choice(choice)) => seen.get(choice).map_or(1, |it| 2 + it),
            (Sight::Count(thresholds), Value::Count(count)) => reached(thresholds, *count),
            // No claim is made; or a fact has one kind, and questions were
            // checked against it.
            (Sight::Flag | Sight::Claim | Sight::Choice(_) | Sight::Count(_), _) => OPEN,
        }
    }
}

/// Returns between which thresholds a number lies.
pub(super) fn reached(thresholds: &BTreeSet<Count>, count: Count) -> u32 {
    1 + number(thresholds.range(..=count).count())
}

/// Returns how some conditions and claims tell facts apart.
pub(super) fn sights<'r>(
    conditions: impl IntoIterator<Item = (&'r FactId, &'r Condition)>,
    claims: impl IntoIterator<Item = &'r FactId>,
) -> Vec<(FactId, Sight)> {
    let mut flags = BTreeSet::new();
    let mut choices: BTreeMap<&FactId, BTreeSet<&BTreeSet<ChoiceId>>> = BTreeMap::new();
    let mut counts: BTreeMap<&FactId, BTreeSet<Count>> = BTreeMap::new();
    for (fact, condition) in conditions {
        match condition {
            Condition::Flag(_) => drop(flags.insert(fact.clone())),
            Condition::Choice(among) => {
                choices.entry(fact).or_default().insert(among);
            }
            Condition::Count(bounds, _) => {
                let thresholds = [bounds.at_least()].into_iter().chain(bounds.below());
                counts.entry(fact).or_default().extend(thresholds);
            }
        }
    }
    let claims: BTreeSet<_> = claims.into_iter().cloned().collect();
    let flags = flags.into_iter().map(|it| (it, Sight::Flag));
    let claims = claims.into_iter().map(|it| (it, Sight::Claim));
    let choices = choices.into_iter().map(|(fact, sets)| (fact.clone(), Sight::Choice(told_apart(&sets))));
    let counts = counts.into_iter().map(|(fact, it)| (fact.clone(), Sight::Count(it)));
    flags.chain(claims).chain(choices).chain(counts).collect()
}

/// Returns a number for each choice that occurs in some sets, the same for
/// those that lie in the same sets.
fn told_apart(sets: &BTreeSet<&BTreeSet<ChoiceId>>) -> BTreeMap<ChoiceId, u32> {
    let all: BTreeSet<&ChoiceId> = sets.iter().copied().flatten().collect();
    let lies_in = |choice: &ChoiceId| sets.iter().map(|it| it.contains(choice)).collect::<Vec<_>>();
    let mut numbers = BTreeMap::new();
    let numbered = all.into_iter().map(|choice| {
        let next = number(numbers.len());
        (choice.clone(), *numbers.entry(lies_in(choice)).or_insert(next))
    });
    numbered.collect()
}
