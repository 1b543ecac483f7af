//! Ids by number.
//!
//! Questions are looked up by the million, about fifteen words each. So an id
//! is compared as two numbers and its length, which tell ids of up to sixteen
//! letters apart, and only longer ones letter by letter.

use std::borrow::Borrow;

use crate::evaluate::compiled::rows::number;

/// Ids by number, in the order of the ids.
#[derive(Clone, Debug)]
pub(super) struct Numbers<T> {
    ids: Vec<T>,
    /// The number of each id, at its place or at the next that is free. At
    /// least half of them are.
    slots: Vec<Slot>,
    /// A place is what is left of 64 bits that are shifted down so far.
    shift: u32,
}

/// What an id is found by.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Its first letters, and its last.
    head: u64,
    tail: u64,
    length: u32,
    /// What it stands for; [`FREE`] where it stands for nothing.
    number: u32,
}

/// Up to this length, ids that are alike in a slot are the same.
const WHOLE: usize = 16;

/// The number of a slot that is free.
const FREE: u32 = u32::MAX;

impl Slot {
    #[inline]
    fn of(text: &str, number: u32) -> Slot {
        let bytes = text.as_bytes();
        let (head, tail) = if let (Some(head), Some(tail)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into())
        } else {
            (bytes.iter().fold(0, |all, it| all << 8 | u64::from(*it)), 0)
        };
        Slot { head, tail, length: u32::try_from(bytes.len()).unwrap_or(u32::MAX), number }
    }

    #[inline]
    fn is_like(&self, other: &Slot) -> bool {
        (self.head ^ other.head) | (self.tail ^ other.tail) | u64::from(self.length ^ other.length) == 0
    }

    /// Returns the place that it would have.
    #[inline]
    fn place(&self, shift: u32) -> usize {
        let mixed =
            (self.head ^ self.tail.rotate_left(29) ^ u64::from(self.length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed.wrapping_shr(shift)).unwrap_or_default()
    }
}

impl<T: Clone + Borrow<str>> Numbers<T> {
    pub(super) fn of<'a>(sorted: impl IntoIterator<Item = &'a T>) -> Numbers<T>
    where
        T: 'a,
    {
        let ids: Vec<T> = sorted.into_iter().cloned().collect();
        let many = (2 * ids.len()).next_power_of_two();
        let free = Slot::of("", FREE);
        let mut numbers = Numbers { ids, slots: vec![free; many], shift: 64 - many.trailing_zeros() };
        for (position, id) in numbers.ids.iter().enumerate() {
            let new = Slot::of(id.borrow(), number(position));
            let mut place = new.place(numbers.shift);
            while numbers.slots.get(place).is_some_and(|it| it.number != FREE) {
                place = (place + 1) & (many - 1);
            }
            if let Some(slot) = numbers.slots.get_mut(place) {
                *slot = new;
            }
        }
        numbers
    }

    #[inline]
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let sought = Slot::of(id, FREE);
        let mut place = sought.place(self.shift);
        loop {
            let slot = self.slots.get(place).filter(|it| it.number != FREE)?;
            if slot.is_like(&sought) && (id.len() <= WHOLE || self.id(slot.number).is_some_and(|it| it.borrow() == id))
            {
                return Some(slot.number);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    pub(super) fn id(&self, number: u32) -> Option<&T> {
        self.ids.get(number as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.ids.iter()
    }

    /// Returns how many bytes they take, beside the ids.
    pub(super) fn bytes(&self) -> usize {
        self.ids.len() * size_of::<T>() + self.slots.len() * size_of::<Slot>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CategoryId;

    #[test]
    fn an_id_is_found_and_nothing_like_it() {
        let texts = [
            "a",
            "aa",
            "aaaaaaa",
            "aaaaaaaa",
            "aaaaaaaaa",
            "aaaaaaaaaa",
            "abcdefgh.abcdefgh",
            "abcdefgh.b.abcdefgh",
            "abcdefgh.c.abcdefgh",
            "abcdefgh.d.abcdefgh",
            "b",
        ];
        let ids: Vec<CategoryId> = texts.iter().map(|it| it.parse().unwrap()).collect();
        let numbers = Numbers::of(&ids);
        let found: Vec<_> = texts.iter().map(|it| numbers.find(it)).collect();
        assert_eq!(found, (0..number(texts.len())).map(Some).collect::<Vec<_>>());
        for other in ["", "c", "a\0", "\0a", "aaa", "aaaaaaaaaaa", "abcdefgh.e.abcdefgh", "abcdefgh"] {
            assert_eq!(numbers.find(other), None, "{other:?}");
        }
        assert_eq!(Numbers::<CategoryId>::of(&[]).find("a"), None);
        // One that differs in its first half as it does in its last, wherever it
        // would have its place.
        let id: CategoryId = "abcdefghabcdefgh".parse().unwrap();
        let numbers = Numbers::of([&id]);
        for other in 'b'..='z' {
            let other = id.as_str().replace('a', &other.to_string());
            assert_eq!(numbers.find(&other), None, "{other:?}");
        }
    }
}
