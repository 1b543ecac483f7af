//! How long it takes to say what becomes of a million flows: `cargo bench
//! --bench impact`. Beside it the time that asking about each would take, by
//! some of them.
//!
//! The flows are random and so the hardest: every place, every category, every
//! destination, numbers of people over seven powers of ten, each fact of the
//! vocabulary stated or not.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    reason = "a program that measures"
)]

mod common;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{PAIRS, bundled, is_only_built, measured, revision};
use neglist::compare::{Alone, FlowFate, Impact, Shift, impact, impact_between};
use neglist::model::{
    At, Count, FactId, FactKind, Flow, Item, Jurisdiction, PlaceKind, Revision, Role, State, Subjects, Value,
};

const FLOWS: usize = 1_000_000;
const RUNS: usize = 3;
/// So many are asked about one by one.
const SAMPLE: usize = 2_000;

fn main() {
    if is_only_built() {
        return;
    }
    let state = bundled();
    for (list, from, to) in PAIRS {
        let place: Jurisdiction = list.split('/').next().unwrap().parse().unwrap();
        let flows = flows(&state, &[place]);
        let (before, after) = (revision(&state, list, from), revision(&state, list, to));
        println!("{list} {from} {to}");
        measure("  impact", || impact(&state, before, after, &flows));
        one_by_one(&state, before, after, &flows);
    }
    let origins: Vec<_> = state.lists.keys().map(neglist::model::ListId::jurisdiction).collect();
    for (name, origins) in [("one place", vec!["CN".parse().unwrap()]), ("every place with a list", origins)] {
        let flows = flows(&state, &origins);
        println!("every list, from {name}");
        for (first, last) in [("2025-01-01", "2026-01-01"), ("2020-01-01", "2026-01-01")] {
            let (first, last): (At, At) = (first.parse().unwrap(), last.parse().unwrap());
            measure(&format!("  impact, {first} to {last}"), || impact_between(&state, first, last, &flows));
        }
    }
}

fn measure(what: &str, run: impl Fn() -> Impact) {
    let found = measured(what, RUNS, run);
    let shifts = found.fates.iter().filter_map(|it| match it {
        FlowFate::Changed(number) => Some(found.changes[*number].shift),
        FlowFate::Elsewhere | FlowFate::Same => None,
    });
    let shifts: Vec<_> = shifts.collect();
    let count = |shift: Shift| shifts.iter().filter(|it| **it == shift).count();
    println!(
        "    {} flows, {} tighter, {} looser, {} different, in {} ways",
        found.fates.len(),
        count(Shift::Tighter),
        count(Shift::Looser),
        count(Shift::Different),
        found.changes.len()
    );
}

fn one_by_one(state: &State, before: &Revision, after: &Revision, flows: &[Flow]) {
    let at = At(after.effective.unwrap().0);
    let (one, other) = (Alone::new(state, Some(before), at), Alone::new(state, Some(after), at));
    let start = Instant::now();
    for flow in &flows[..SAMPLE] {
        let question = flow.on(at);
        black_box((one.ask(&question), other.ask(&question)));
    }
    let each = start.elapsed() / u32::try_from(SAMPLE).unwrap();
    let all: Duration = each * u32::try_from(FLOWS).unwrap();
    println!("    asked one by one: {each:.1?} each, {all:.0?} for all");
}

fn flows(state: &State, origins: &[Jurisdiction]) -> Vec<Flow> {
    let categories: Vec<_> = state.categories.iter().map(|it| it.id.clone()).collect();
    let places = state.places.iter().filter(|it| it.kind == PlaceKind::Country);
    let places: Vec<_> = places.map(|it| it.code.clone()).collect();
    let facts = state.vocabulary.iter().filter(|it| it.role != Role::Duty && it.id.as_str() != "subjects");
    let facts: Vec<_> = facts.map(|it| (it.id.clone(), it.kind.clone())).collect();
    let mut dice = Dice(20_260_101);
    let flow = |number: usize| {
        let mut stated = BTreeMap::new();
        for _ in 0..dice.below(4) {
            let (fact, kind) = &facts[dice.below(facts.len())];
            stated.insert(FactId::clone(fact), value(kind, &mut dice));
        }
        let items = (0..=dice.below(8) / 7).map(|_| Item {
            category: categories[dice.below(categories.len())].clone(),
            subjects: (dice.below(8) != 0).then(|| Subjects::Each(people(&mut dice))),
        });
        let items = items.collect();
        Flow {
            id: Some(format!("flow-{number}")),
            from: origins[dice.below(origins.len())].clone(),
            to: Some(places[dice.below(places.len())].clone()),
            items,
            facts: stated,
            ordinary: dice.below(4) != 0,
        }
    };
    (0..FLOWS).map(flow).collect()
}

fn value(kind: &FactKind, dice: &mut Dice) -> Value {
    match kind {
        FactKind::Flag => Value::Flag(dice.below(2) == 0),
        FactKind::Choice(among) => Value::Choice(among.iter().nth(dice.below(among.len())).unwrap().clone()),
        FactKind::Count => Value::Count(people(dice)),
    }
}

fn people(dice: &mut Dice) -> Count {
    let power = u32::try_from(dice.below(7)).unwrap();
    Count::new(10_u64.pow(power) * (1 + dice.below(9) as u64)).unwrap()
}

/// Xorshift: the same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, number: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % number as u64).unwrap()
    }
}
