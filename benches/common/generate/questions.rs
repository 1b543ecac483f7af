//! Questions to a generated registry.

use std::collections::BTreeMap;

use neglist::model::{
    At, CategoryId, ChoiceId, Count, FactId, Item, Jurisdiction, KnownOn, List, Question, State, Subjects, Value,
};

use super::entries::{MANY_DEVICES, THRESHOLDS, any_place};
use super::lists::{DAYS, date, name};
use super::random::Random;
use super::words::{CHOICES, DEVICES, EXEMPTIONS, FLAGS, MECHANISMS, Tree, id};

/// What questions are like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Of any day, from what was published by any other; of a category that
    /// has nothing narrower, so that they leave nothing open.
    BothAxes,
    /// The same, from all that was ever published.
    KnownNow,
    /// As both axes, of any category: a broad one leaves open what the data
    /// includes.
    AnyCategory,
}

/// Exporters and their data: so many combinations of facts there are.
const PROFILES: usize = 500;
/// Of a thousand questions, how many ask for something below a category that
/// has an entry.
const AIMED: usize = 300;
/// Of a thousand questions, how many stay inside.
const INSIDE: usize = 10;

/// What a profile states, and of how many people.
#[derive(Clone, Debug)]
struct Profile {
    facts: BTreeMap<FactId, Value>,
    people: Count,
}

/// Returns questions, each of one item and with every circumstance stated:
/// about ten facts, and the flags that are not among them are not the case.
pub fn questions(state: &State, how_many: usize, seed: u64, kind: Kind) -> Vec<Question> {
    let mut random = Random::new(seed, 3);
    let profiles: Vec<Profile> = (0..PROFILES).map(|_| profile(&mut random)).collect();
    let tree = Tree::of(&state.categories);
    let leaves: Vec<usize> = (0..tree.ids.len()).filter(|it| tree.is_leaf(*it)).collect();
    let positions = tree.ids.iter().enumerate().map(|(position, it)| (it, position)).collect();
    let lists: Vec<&List> = state.lists.values().map(AsRef::as_ref).collect();
    let codes: Vec<Jurisdiction> = state.places.iter().map(|it| it.code.clone()).collect();
    let mut ask = || {
        let list = *random.pick(&lists);
        let from = list.id.jurisdiction();
        let aimed =
            random.is_one_of_thousand(AIMED).then(|| below_an_entry(list, &tree, &positions, kind, &mut random));
        let category = aimed.flatten().unwrap_or_else(|| match kind {
            Kind::BothAxes | Kind::KnownNow => *random.pick(&leaves),
            Kind::AnyCategory => random.below(tree.ids.len()),
        });
        let to = loop {
            let to = any_place(&codes, &mut random);
            if *to != from {
                break to.clone();
            }
        };
        let to = if random.is_one_of_thousand(INSIDE) { from.clone() } else { to };
        let Profile { facts, people } = random.pick(&profiles).clone();
        let known_on = match kind {
            Kind::BothAxes | Kind::AnyCategory => Some(KnownOn(date(random.between(400, DAYS + 400) as i64))),
            Kind::KnownNow => None,
        };
        Question {
            id: None,
            from,
            to: Some(to),
            items: vec![Item { category: tree.ids[category].clone(), subjects: Some(Subjects::Each(people)) }],
            at: At(date(random.between(400, DAYS + 400) as i64)),
            known_on,
            facts,
            ordinary: true,
        }
    };
    (0..how_many).map(|_| ask()).collect()
}

fn profile(random: &mut Random) -> Profile {
    let mut facts = BTreeMap::new();
    for flag in random.some(&FLAGS, 5) {
        facts.insert(id(flag), Value::Flag(random.is_one_of_thousand(400)));
    }
    for (fact, values) in CHOICES {
        facts.insert(id(fact), Value::Choice(id::<ChoiceId>(random.word(&values))));
    }
    facts.insert(id(DEVICES), Value::Count(number(&MANY_DEVICES, random)));
    for mechanism in MECHANISMS {
        if random.is_one_of_thousand(250) {
            facts.insert(id(mechanism), Value::Flag(true));
        }
    }
    for exemption in EXEMPTIONS {
        if random.is_one_of_thousand(60) {
            facts.insert(id(exemption), Value::Flag(true));
        }
    }
    Profile { facts, people: number(&THRESHOLDS, random) }
}

/// Returns a number somewhere around a threshold: just below it, at it, or
/// well above.
fn number(thresholds: &[u64], random: &mut Random) -> Count {
    let threshold = *random.pick(thresholds);
    Count::new(random.weighted(&[(1, threshold - 1), (1, threshold), (1, threshold * 3 / 2)])).unwrap()
}

/// Returns something strictly below a category that some entry of the list
/// once had; nothing where the first few looked at have only leaves.
fn below_an_entry(
    list: &List,
    tree: &Tree,
    positions: &BTreeMap<&CategoryId, usize>,
    kind: Kind,
    random: &mut Random,
) -> Option<usize> {
    let entries = &random.pick(&list.revisions).revision.entries;
    for _ in 0..20 {
        // The entry at or after a random name: quicker than counting to one.
        let name = name(random.below(2 * entries.len()), random);
        let (_, entry) = entries.get_next(&name).or_else(|| entries.get_min().map(|(id, it)| (id, it)))?;
        let of_entry: Vec<usize> = entry.categories.iter().map(|it| positions[it]).collect();
        let below: Vec<usize> = tree.below(*random.pick(&of_entry)).collect();
        let below = below.into_iter().filter(|it| kind == Kind::AnyCategory || tree.is_leaf(*it));
        let below: Vec<usize> = below.collect();
        if !below.is_empty() {
            return Some(*random.pick(&below));
        }
    }
    None
}
