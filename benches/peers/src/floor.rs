//! The bare limit: finding the revision in force and nothing else.
//!
//! A hash map from place and category to the list, then a binary search by the
//! day: what nobody who answers by date and category can do without. The
//! harder floor has an array in the place of the map, since all words have
//! small numbers. Both return the revision's number, and know nothing of
//! entries, conditions, or of what was known when.

use std::collections::HashMap;

use crate::engine::Engine;
use crate::world::World;

/// The days on which revisions took effect, list after list.
#[derive(Debug)]
struct Days {
    days: Vec<u32>,
    /// For each list where its days begin.
    begins: Vec<u32>,
}

impl Days {
    fn of(world: &World) -> Days {
        let mut all = Days { days: Vec::new(), begins: vec![0] };
        for issues in &world.issues {
            all.days.extend(issues.iter().map(|it| it.effective));
            all.begins.push(u32::try_from(all.days.len()).unwrap());
        }
        all
    }

    fn in_force(&self, list: u32, at: u32) -> u8 {
        let (begin, end) = (self.begins[list as usize] as usize, self.begins[list as usize + 1] as usize);
        let found = self.days[begin..end].partition_point(|it| *it <= at);
        (found & 0xff) as u8
    }

    fn bytes(&self) -> u64 {
        4 * (self.days.len() + self.begins.len()) as u64
    }
}

/// With a hash map of the standard library.
#[derive(Debug)]
pub struct HashFloor<'w> {
    world: &'w World,
    days: Days,
    lists: HashMap<(u16, u16), u32>,
}

impl<'w> HashFloor<'w> {
    pub fn new(world: &'w World) -> HashFloor<'w> {
        let mut lists = HashMap::new();
        for place in (0..).zip(&world.issues).filter(|(_, it)| !it.is_empty()).map(|(place, _)| place) {
            lists.extend((0..).take(world.names.categories.len()).map(|it| ((place, it), u32::from(place))));
        }
        HashFloor { world, days: Days::of(world), lists }
    }
}

impl Engine for HashFloor<'_> {
    fn name(&self) -> &'static str {
        "floor: std HashMap + binary search"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let asked = &self.world.asked[question];
        self.lists.get(&(asked.from, asked.category)).map_or(0, |it| self.days.in_force(*it, asked.at))
    }

    fn memory(&self) -> Option<u64> {
        // A byte of control beside each slot, seven eighths of which are used.
        Some(self.days.bytes() + self.lists.capacity() as u64 * 8 / 7 * 9)
    }

    fn has_outcomes(&self) -> bool {
        false
    }
}

/// With an array.
#[derive(Debug)]
pub struct ArrayFloor<'w> {
    world: &'w World,
    days: Days,
    lists: Vec<u32>,
    width: usize,
}

impl<'w> ArrayFloor<'w> {
    pub fn new(world: &'w World) -> ArrayFloor<'w> {
        let width = world.names.categories.len();
        let lists = (0..).take(world.issues.len()).flat_map(|it| std::iter::repeat_n(it, width)).collect();
        ArrayFloor { world, days: Days::of(world), lists, width }
    }
}

impl Engine for ArrayFloor<'_> {
    fn name(&self) -> &'static str {
        "harder floor: array + binary search"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        let asked = &self.world.asked[question];
        let list = self.lists[asked.from as usize * self.width + asked.category as usize];
        self.days.in_force(list, asked.at)
    }

    fn memory(&self) -> Option<u64> {
        Some(self.days.bytes() + 4 * self.lists.len() as u64)
    }

    fn has_outcomes(&self) -> bool {
        false
    }
}
