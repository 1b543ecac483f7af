//! So many of so many.

use std::ops::Add;

/// How many of some things have what is asked of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Share {
    /// Those that have it.
    pub have: usize,
    /// All of them.
    pub of: usize,
}

impl Share {
    /// Counts the things that have it.
    pub fn count<T>(things: impl IntoIterator<Item = T>, has: impl Fn(&T) -> bool) -> Share {
        let add = |share: Share, it: T| Share { have: share.have + usize::from(has(&it)), of: share.of + 1 };
        things.into_iter().fold(Share::default(), add)
    }

    /// Returns the share in hundredths, cut off: only all of them are 100.
    /// `None` of nothing.
    pub fn percent(self) -> Option<usize> {
        (self.have * 100).checked_div(self.of)
    }
}

impl Add for Share {
    type Output = Share;

    fn add(self, other: Share) -> Share {
        Share { have: self.have + other.have, of: self.of + other.of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_of_them_are_a_hundred() {
        for (have, of, expected) in
            [(0, 0, None), (0, 3, Some(0)), (2, 3, Some(66)), (999, 1000, Some(99)), (3, 3, Some(100))]
        {
            assert_eq!(Share { have, of }.percent(), expected, "{have} of {of}");
        }
    }
}
