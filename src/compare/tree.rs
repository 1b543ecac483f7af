//! The catalog of categories as sets of numbers: which categories an entry
//! meets, decided for all of them at once.

use std::collections::BTreeMap;

use crate::compare::bits::Bits;
use crate::model::{Categories, CategoryId, Entry};

/// The categories by number, with what is above and below each. Former ids are
/// among them, after those that are there, since entries may name them.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    /// Those that are there.
    current: Bits,
    ids: Vec<&'a CategoryId>,
    numbers: BTreeMap<&'a CategoryId, usize>,
    /// What is broader, itself included.
    above: Vec<Bits>,
    /// What is narrower, itself included.
    below: Vec<Bits>,
    /// What lies in it or may include some of it.
    touching: Vec<Bits>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(categories: &'a Categories) -> Tree<'a> {
        let current = categories.iter().map(|it| &it.id);
        let ids: Vec<_> = current.chain(categories.all_former().map(|it| &it.id)).collect();
        let numbers: BTreeMap<_, _> = ids.iter().enumerate().map(|(number, id)| (*id, number)).collect();
        let size = ids.len();
        let itself = |number| {
            let mut bits = Bits::none(size);
            bits.insert(number);
            bits
        };
        let mut above: Vec<Bits> = (0..size).map(itself).collect();
        let mut below = above.clone();
        for (number, id) in ids.iter().enumerate() {
            for broader in categories.broader(id).filter_map(|it| numbers.get(it)) {
                insert(&mut above, number, *broader);
                insert(&mut below, *broader, number);
            }
        }
        let mut current = Bits::none(size);
        (0..categories.iter().count()).for_each(|it| current.insert(it));
        let touching = below.iter().map(|it| closure(it, &above, size)).collect();
        Tree { current, ids, numbers, above, below, touching }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the categories that are there. What becomes of answers is said
    /// of these: whoever asks by a former id asks for one of them, or for
    /// something that may be one of several.
    pub(super) fn current(&self) -> &Bits {
        &self.current
    }

    pub(super) fn id(&self, number: usize) -> Option<&'a CategoryId> {
        self.ids.get(number).copied()
    }

    pub(super) fn number(&self, id: &CategoryId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// Returns everything in some categories.
    pub(super) fn all_below<'c>(&self, categories: impl IntoIterator<Item = &'c CategoryId>) -> Bits {
        self.union(&self.below, categories)
    }

    /// Returns what is below a category, itself included.
    pub(super) fn below(&self, number: usize) -> Bits {
        self.below.get(number).cloned().unwrap_or_else(|| Bits::none(self.len()))
    }

    pub(super) fn is_covered(&self, number: usize, by: usize) -> bool {
        self.above.get(number).is_some_and(|it| it.contains(by))
    }

    /// Returns whether data of one category may include some of another.
    pub(super) fn may_include(&self, number: usize, other: usize) -> bool {
        self.touching.get(other).is_some_and(|it| it.contains(number))
    }

    /// Returns the categories that an entry binds or may bind: what it covers,
    /// and what may include some of that. What lies wholly in its exceptions
    /// is not bound.
    pub(super) fn bound(&self, entry: &Entry) -> Bits {
        if entry.except.is_empty() {
            return self.union(&self.touching, &entry.categories);
        }
        let left_out = self.all_below(&entry.except);
        let covered = self.all_below(&entry.categories).without(&left_out);
        closure(&covered, &self.above, self.len()).without(&left_out)
    }

    fn union<'c>(&self, of: &[Bits], categories: impl IntoIterator<Item = &'c CategoryId>) -> Bits {
        let mut union = Bits::none(self.len());
        for category in categories {
            if let Some(bits) = self.number(category).and_then(|it| of.get(it)) {
                union.extend(bits);
            }
        }
        union
    }
}

fn insert(sets: &mut [Bits], of: usize, number: usize) {
    if let Some(bits) = sets.get_mut(of) {
        bits.insert(number);
    }
}

fn closure(set: &Bits, above: &[Bits], size: usize) -> Bits {
    let mut closure = Bits::none(size);
    set.iter().filter_map(|it| above.get(it)).for_each(|it| closure.extend(it));
    closure
}
