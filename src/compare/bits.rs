//! Sets of small numbers.

/// A set of numbers below a size that all its companions share. The default
/// is the empty set of any size.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Makes an empty set of numbers below a size.
    pub(super) fn none(size: usize) -> Bits {
        Bits(vec![0; size.div_ceil(64)])
    }

    /// Makes the set of all numbers below a size.
    pub(super) fn all(size: usize) -> Bits {
        let mut bits = Bits::none(size);
        (0..size).for_each(|it| bits.insert(it));
        bits
    }

    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|it| *it == 0)
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|it| it.count_ones() as usize).sum()
    }

    pub(super) fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn is_within(&self, other: &Bits) -> bool {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter().zip(others).all(|(one, other)| one & !other == 0)
    }

    pub(super) fn extend(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
    }

    #[must_use]
    pub(super) fn or(&self, other: &Bits) -> Bits {
        let mut both = self.clone();
        both.extend(other);
        both
    }

    #[must_use]
    pub(super) fn and(&self, other: &Bits) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(one, other)| one & other).collect())
    }

    #[must_use]
    pub(super) fn without(&self, other: &Bits) -> Bits {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Bits(self.0.iter().zip(others).map(|(one, other)| one & !other).collect())
    }

    /// Returns the numbers, from the lowest.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(index, &word)| (0..64).filter(move |it| word & (1 << it) != 0).map(move |it| index * 64 + it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(numbers: &[usize]) -> Bits {
        let mut bits = Bits::none(130);
        numbers.iter().for_each(|it| bits.insert(*it));
        bits
    }

    #[test]
    fn sets_behave_at_the_borders_of_words() {
        let one = bits(&[0, 63, 64, 129]);
        assert_eq!(one.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((one.len(), Bits::all(130).len(), Bits::all(128).len()), (4, 130, 128));
        assert_eq!(one.and(&bits(&[63, 65])), bits(&[63]));
        assert_eq!(one.without(&bits(&[63, 65])), bits(&[0, 64, 129]));
        assert_eq!(one.without(&Bits::default()), one);
        assert_eq!(one.or(&bits(&[1])), bits(&[0, 1, 63, 64, 129]));
        assert!(one.meets(&bits(&[129])) && !one.meets(&bits(&[128])));
        assert!(bits(&[64]).is_within(&one) && !bits(&[65]).is_within(&one));
        assert!(Bits::default().is_within(&one) && !one.is_within(&Bits::default()) && !one.meets(&Bits::default()));
        assert!(one.contains(129) && !one.contains(128) && Bits::none(130).is_empty());
    }
}
