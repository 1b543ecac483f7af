//! Sets of places and of categories, told for every place and category
//! beforehand.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::evaluate::compiled::rows::number;
use crate::evaluate::compiled::words::{Whereabouts, Words};
use crate::model::{CategoryId, Destinations, Jurisdiction, Revision};

/// Whether something is the case, as far as a question says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Certain {
    No,
    /// What the question leaves open decides.
    Open,
    Yes,
}

/// One bit for each of some numbers.
#[derive(Clone, Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn of(length: usize, holds: impl Fn(usize) -> bool) -> Bits {
        let mut words = vec![0; length.div_ceil(64)];
        for (word, bits) in words.iter_mut().enumerate() {
            let numbers = (word * 64..length).take(64).enumerate();
            *bits = numbers.filter(|(_, it)| holds(*it)).fold(0, |bits, (bit, _)| bits | 1 << bit);
        }
        Bits(words)
    }

    #[inline]
    fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|it| it >> (number % 64) & 1 == 1)
    }
}

/// Sets of destinations by number. Number 0 is every destination.
#[derive(Clone, Debug)]
pub(super) struct DestinationSets {
    /// For each set, and each time of each place, whether it certainly is one,
    /// and then whether it may be.
    bits: Vec<u64>,
    /// How many words of bits the times take.
    width: usize,
    numbers: FxHashMap<(bool, Vec<u32>), u32>,
}

/// Every destination.
pub(super) const ANYWHERE: u32 = 0;

impl DestinationSets {
    pub(super) fn new(words: &Words) -> DestinationSets {
        let width = words.whereabouts.len().div_ceil(64);
        DestinationSets { bits: vec![0; 2 * width], width, numbers: FxHashMap::default() }
    }

    /// Returns the number of the destinations that a revision means.
    pub(super) fn number(&mut self, destinations: &Destinations, revision: &Revision, words: &Words) -> u32 {
        match destinations {
            Destinations::Any => ANYWHERE,
            Destinations::Only(members) => self.number_of(true, &revision.codes(members), words),
            Destinations::Except(members) => self.number_of(false, &revision.codes(members), words),
        }
    }

    /// Returns the number of everything outside of a place.
    pub(super) fn outside(&mut self, place: &Jurisdiction, words: &Words) -> u32 {
        self.number_of(false, &BTreeSet::from([place.clone()]), words)
    }

    fn number_of(&mut self, is_only: bool, codes: &BTreeSet<Jurisdiction>, words: &Words) -> u32 {
        let codes: Vec<_> = codes.iter().filter_map(|it| words.places.find(it.as_str())).collect();
        let key = (is_only, codes);
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let mut is_code = vec![false; words.places.len()];
        for code in &key.1 {
            if let Some(it) = is_code.get_mut(*code as usize) {
                *it = true;
            }
        }
        let times = words.whereabouts.iter().map(|it| inside(it, &is_code));
        let times: Vec<_> = times.map(|it| if is_only { it } else { not(it) }).collect();
        let new = number(self.bits.len() / (2 * self.width).max(1));
        for wanted in [Certain::Yes, Certain::Open] {
            self.bits.extend(Bits::of(times.len(), |it| times.get(it) == Some(&wanted)).0);
        }
        self.numbers.insert(key, new);
        new
    }

    /// Returns whether a destination is among some; `None` is any destination.
    #[inline]
    pub(super) fn has(&self, set: u32, time: Option<u32>) -> Certain {
        if set == ANYWHERE {
            return Certain::Yes;
        }
        let Some(time) = time else { return Certain::Open };
        let place = set as usize * 2 * self.width + time as usize / 64;
        let has = |place: usize| self.bits.get(place).is_some_and(|it| it >> (time % 64) & 1 == 1);
        if has(place) {
            return Certain::Yes;
        }
        if has(place + self.width) { Certain::Open } else { Certain::No }
    }

    pub(super) fn bytes(&self) -> usize {
        8 * self.bits.len()
    }
}

/// Returns whether a place lies inside some others. Of a bloc, that is decided
/// by its members.
fn inside(place: &Whereabouts, is_outer: &[bool]) -> Certain {
    let is_inside = |chain: &[u32]| chain.iter().any(|it| is_outer.get(*it as usize) == Some(&true));
    if is_inside(&place.chain) {
        return Certain::Yes;
    }
    match place.members.iter().filter(|it| is_inside(it)).count() {
        0 => Certain::No,
        some if some < place.members.len() => Certain::Open,
        _ => Certain::Yes,
    }
}

fn not(certain: Certain) -> Certain {
    match certain {
        Certain::No => Certain::Yes,
        Certain::Open => Certain::Open,
        Certain::Yes => Certain::No,
    }
}

/// Some categories: for each category how it lies to them.
#[derive(Clone, Debug)]
struct Lying {
    /// It is one of them, or below one.
    covered: Bits,
    /// It is not, and has something in common with one.
    touched: Bits,
    /// One of them is it, or below it.
    above: Bits,
}

/// Sets of categories by number.
#[derive(Clone, Debug)]
pub(super) struct CategorySets {
    sets: Vec<Lying>,
    numbers: FxHashMap<Vec<u32>, u32>,
}

/// How a category lies to some others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lies {
    /// It has nothing in common with them, as far as is known.
    Outside,
    /// It has something in common with one of them.
    Across,
    /// It is one of them, or below one.
    Inside,
}

impl CategorySets {
    pub(super) fn new() -> CategorySets {
        CategorySets { sets: Vec::new(), numbers: FxHashMap::default() }
    }

    pub(super) fn number(&mut self, categories: &BTreeSet<CategoryId>, words: &Words) -> u32 {
        let key: Vec<_> = categories.iter().filter_map(|it| words.categories.find(it.as_str())).collect();
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let meets = |rows: &[u32]| rows.iter().any(|it| key.binary_search(it).is_ok());
        let length = words.categories.len();
        self.sets.push(Lying {
            covered: Bits::of(length, |it| meets(words.covering.row(number(it)))),
            touched: Bits::of(length, |it| meets(words.touching.row(number(it)))),
            above: Bits::of(length, |it| key.iter().any(|below| words.covering.row(*below).contains(&number(it)))),
        });
        let new = number(self.sets.len() - 1);
        self.numbers.insert(key, new);
        new
    }

    #[inline]
    pub(super) fn lies(&self, set: u32, category: u32) -> Lies {
        let Some(set) = self.sets.get(set as usize) else { return Lies::Outside };
        if set.covered.has(category) {
            return Lies::Inside;
        }
        if set.touched.has(category) { Lies::Across } else { Lies::Outside }
    }

    /// Returns whether a category covers one of some others, or one of them
    /// covers it.
    pub(super) fn meets(&self, set: u32, category: u32) -> bool {
        self.sets.get(set as usize).is_some_and(|it| it.covered.has(category) || it.above.has(category))
    }

    pub(super) fn bytes(&self) -> usize {
        self.sets.iter().map(|it| 8 * (it.covered.0.len() + it.touched.0.len() + it.above.0.len())).sum()
    }
}
