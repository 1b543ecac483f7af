//! The plainest right engine: looks at every entry that a place ever had.
//!
//! The reference evaluator is too slow to check a million outcomes; this one,
//! checked against it on a sample, is what all the others are compared with.

use crate::engine::Engine;
use crate::words::Asked;
use crate::world::{Conditions, Row, Towards, Way, World};

/// What the outcome of silence is.
pub const UNKNOWN: u8 = 2;

/// Looks at every entry of a place.
#[derive(Debug)]
pub struct Scan<'w> {
    world: &'w World,
    rows: Vec<Vec<&'w Row>>,
}

impl<'w> Scan<'w> {
    pub fn new(world: &'w World) -> Scan<'w> {
        let mut rows = vec![Vec::new(); world.issues.len()];
        for row in &world.rows {
            rows[row.list as usize].push(row);
        }
        Scan { world, rows }
    }
}

impl<'w> Scan<'w> {
    /// Returns how many entries bind in a question's answer.
    pub fn matches(&self, question: usize) -> usize {
        let asked = &self.world.asked[question];
        let revision = self.world.in_force(asked).filter(|_| asked.from != asked.to);
        revision.map_or(0, |it| self.binding(asked, it).count())
    }

    fn binding<'s>(&'s self, asked: &'s Asked, revision: u32) -> impl Iterator<Item = &'w Row> + 's {
        let above = &self.world.above[asked.category as usize];
        let rows = self.rows[asked.from as usize].iter().copied();
        let rows = rows.filter(move |it| it.first <= revision && revision < it.last);
        let rows = rows.filter(|it| it.categories.iter().any(|it| above.contains(it)));
        let rows = rows.filter(|it| !it.except.iter().any(|it| above.contains(it)));
        rows.filter(|it| {
            binds(it.exemptions, &it.when, asked)
                && match it.to {
                    Towards::Any => true,
                    Towards::Only(set) => self.world.sets[set as usize].contains(&asked.to),
                    Towards::Except(set) => !self.world.sets[set as usize].contains(&asked.to),
                }
        })
    }
}

impl Engine for Scan<'_> {
    fn name(&self) -> &'static str {
        "scan of all entries of the place"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let asked = &self.world.asked[question];
        let Some(revision) = self.world.in_force(asked) else { return UNKNOWN };
        if asked.from == asked.to {
            return 0;
        }
        self.binding(asked, revision).map(|it| severity(it.effect, &it.ways, asked)).max().unwrap_or(0)
    }
}

/// Returns whether no claimed exemption lifts an entry, and its conditions
/// hold.
pub fn binds(exemptions: u8, when: &Conditions, asked: &Asked) -> bool {
    exemptions & asked.exemptions == 0
        && asked.flags & when.flags == when.values
        && when.choices[0] & asked.choices[0] != 0
        && when.choices[1] & asked.choices[1] != 0
        && (when.subjects.0..when.subjects.1).contains(&asked.subjects)
        && (when.devices.0..when.devices.1).contains(&asked.devices)
}

/// Returns what an entry that binds comes to.
pub fn severity(effect: u8, ways: &[Way], asked: &Asked) -> u8 {
    if effect != 1 {
        return effect;
    }
    let open = || ways.iter().filter(|it| asked.flags & it.flags == it.values);
    match open().any(|it| asked.mechanisms & it.all == it.all) {
        true => 0,
        // Where no way is open nothing makes it lawful.
        false if open().next().is_none() => 3,
        false => 1,
    }
}
