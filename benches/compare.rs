//! How long it takes to compare two revisions of 10,000 entries of which 100
//! differ: `cargo bench --bench compare`. Each line has the best and the median
//! of several runs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    reason = "a program that measures"
)]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{PAIRS, bundled, is_only_built, measured, revision};
use neglist::compare::{Ground, entries, verdicts};
use neglist::model::{
    Alternative, At, Bounds, Condition, Count, Effect, Entries, Entry, EntryId, FactId, Objective, Revision, State,
    Text, When,
};

const ENTRIES: usize = 10_000;
const CHANGES: usize = 100;
const RUNS: usize = 15;

fn main() {
    if is_only_built() {
        return;
    }
    let state = bundled();
    let before = generated(&state);
    let after = changed(&before);
    let at: At = "2024-03-22".parse().unwrap();
    let ground = Ground::of(&state, at);

    let diff = entries(&before, &after);
    println!(
        "{ENTRIES} entries: {} changed, {} added, {} removed",
        diff.changed.len(),
        diff.added.len(),
        diff.removed.len()
    );
    let found = verdicts(ground, Some(&before), &after);
    println!("{} in {} regions", found.class.word(), found.regions.len());
    measured("entries, the same revision", RUNS, || entries(&before, &before));
    let shared = before.clone();
    measured("entries, all shared", RUNS, || entries(&before, &shared));
    measured("entries, 100 changes", RUNS, || entries(&before, &after));
    measured("verdicts, the same revision", RUNS, || verdicts(ground, Some(&before), &before));
    measured("verdicts, 100 changes", RUNS, || verdicts(ground, Some(&before), &after));

    for (list, from, to) in PAIRS {
        let (before, after) = (revision(&state, list, from), revision(&state, list, to));
        measured(&format!("verdicts, {list} {from} {to}"), RUNS, || verdicts(ground, Some(before), after));
    }
}

/// Entries over all categories of the catalog, with conditions of all kinds.
fn generated(state: &State) -> Revision {
    let base = &state.lists["CN/cross-border-transfer"].revisions[0].revision;
    let categories: Vec<_> = state.categories.iter().map(|it| it.id.clone()).collect();
    let flags = ["exporter.ciio", "exporter.public-body", "data.collected-abroad"].map(id::<FactId>);
    let mechanisms = ["security-assessment", "standard-contract", "certification"].map(id::<FactId>);
    let mut entries = Entries::new();
    for number in 0..ENTRIES {
        let mut when = When::new();
        if number % 3 != 0 {
            let from = Count::new(100 * (1 + (number as u64 * 7919) % 50)).unwrap();
            let bounds = Bounds::new(Some(from), None).unwrap();
            when.insert(id("subjects"), Condition::Count(bounds, Some(id("calendar-year"))));
        }
        if number % 4 != 0 {
            when.insert(flags[number % 3].clone(), Condition::Flag(number % 2 == 0));
        }
        let way = Alternative { all: BTreeSet::from([mechanisms[number % 3].clone()]), when: When::new() };
        let effect = match number % 20 {
            0 => Effect::Prohibited,
            1..=3 => Effect::Notice,
            _ => Effect::Conditional(vec![way]),
        };
        let entry = Entry {
            id: id(&format!("entry-{number:05}")),
            categories: BTreeSet::from([categories[(number * 31) % categories.len()].clone()]),
            except: BTreeSet::new(),
            to: neglist::model::Destinations::Any,
            when,
            effect,
            exemptions: if number % 5 == 0 { BTreeSet::from([id("contract-necessity")]) } else { BTreeSet::new() },
            duties: BTreeSet::new(),
            objective: Objective::Privacy,
            cite: format!("s. {number}"),
            note: Text { en: format!("Entry {number}."), zh: format!("第{number}条。") },
            combine: None,
            notes: Vec::new(),
        };
        entries.insert(entry.id.clone(), Arc::new(entry));
    }
    Revision { scope: neglist::model::Scope::All, entries, ..base.clone() }
}

/// Of every hundred entries one is tightened, loosened, or cited otherwise.
fn changed(before: &Revision) -> Revision {
    let mut after = before.clone();
    let ids: Vec<EntryId> = after.entries.keys().cloned().collect();
    let ids = (0..CHANGES).map(|it| ids[it * (ENTRIES / CHANGES) + (it * 37) % 100].clone());
    for (number, id) in ids.enumerate() {
        let entry = Arc::make_mut(after.entries.get_mut(&id).unwrap());
        match number % 4 {
            0 => entry.effect = Effect::Prohibited,
            1 => entry.when = When::new(),
            2 => entry.effect = Effect::Notice,
            _ => entry.cite.push_str(", as amended"),
        }
    }
    after
}

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}
