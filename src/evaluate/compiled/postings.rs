//! For each category of a list, what stood there from which revision until
//! which.

use std::sync::Arc;

use crate::evaluate::compiled::rows::{Rows, number};
use crate::model::Entry;

/// The sequences from which on and until which something stood in a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) until: u32,
}

/// What has not ended ends here.
pub(super) const OPEN_END: u32 = u32::MAX;

impl Span {
    #[inline]
    pub(super) fn has(self, sequence: u32) -> bool {
        self.from <= sequence && sequence < self.until
    }
}

/// What stood at a category over a span.
pub(super) struct Posting {
    pub(super) category: u32,
    pub(super) span: Span,
    pub(super) rule: u32,
    /// Which version of an entry.
    pub(super) version: u32,
}

/// A number of a revision or of a rule, as it is kept: in two bytes, or in
/// four where a list has more.
trait Narrow: Copy + Ord {
    fn of(number: u32) -> Self;
    fn wide(self) -> u32;
}

impl Narrow for u16 {
    fn of(number: u32) -> u16 {
        if number == OPEN_END {
            return u16::MAX;
        }
        u16::try_from(number).expect("because lists with more are kept in four bytes")
    }

    #[inline]
    fn wide(self) -> u32 {
        if self == u16::MAX { OPEN_END } else { u32::from(self) }
    }
}

impl Narrow for u32 {
    fn of(number: u32) -> u32 {
        number
    }

    #[inline]
    fn wide(self) -> u32 {
        self
    }
}

/// The postings of a list, by category.
#[derive(Debug)]
pub(super) struct Postings {
    /// For each category, at which of those that have to do with it something
    /// ever stood.
    occupied: Vec<Occupied>,
    columns: Columns,
    /// The versions of entries that they are of.
    entries: Vec<Arc<Entry>>,
}

#[derive(Debug)]
enum Columns {
    Narrow(Both<u16>),
    Wide(Both<u32>),
}

#[derive(Debug)]
struct Both<N> {
    /// Where each category's begin, and where the last one's end.
    starts: Vec<N>,
    postings: Vec<Kept<N>>,
    versions: Vec<N>,
}

/// What a question looks at of a posting.
#[derive(Clone, Copy, Debug)]
struct Kept<N> {
    from: N,
    until: N,
    rule: N,
}

/// At which of the categories that have to do with one something ever stood:
/// most lists speak of few, and nothing is to be looked up at the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Occupied(u8);

impl Occupied {
    /// Something stood at a category that touches this one.
    const TOUCHING: u8 = 1 << 7;
    /// The bit of this covering category and of all behind it; those before it
    /// have one each.
    const LAST: u32 = 6;

    fn of(covering: &[u32], touching: &[u32], has_any: impl Fn(u32) -> bool) -> Occupied {
        let bits =
            covering.iter().zip(0..).filter(|(it, _)| has_any(**it)).map(|(_, position)| 1 << Self::LAST.min(position));
        let touching = if touching.iter().any(|it| has_any(*it)) { Self::TOUCHING } else { 0 };
        Occupied(bits.fold(touching, |all, it: u8| all | it))
    }

    /// Returns whether something ever stood at a category that touches this
    /// one.
    #[inline]
    pub(super) fn touches(self) -> bool {
        self.0 & Self::TOUCHING != 0
    }

    /// Returns, of the categories that cover this one, those at which something
    /// ever stood, and perhaps others.
    #[inline]
    pub(super) fn among(self, covering: &[u32]) -> Among<'_> {
        Among { left: self.0 & !Self::TOUCHING, covering, rest: [].iter() }
    }
}

/// Categories at which something ever stood.
pub(super) struct Among<'c> {
    left: u8,
    covering: &'c [u32],
    rest: std::slice::Iter<'c, u32>,
}

impl Iterator for Among<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.left == 0 {
            return self.rest.next().copied();
        }
        let position = self.left.trailing_zeros();
        self.left &= self.left - 1;
        if position == Occupied::LAST {
            self.rest = self.covering.get(position as usize..)?.iter();
            return self.rest.next().copied();
        }
        self.covering.get(position as usize).copied()
    }
}

impl<N: Narrow> Both<N> {
    fn of(postings: &[Posting], starts: &[u32]) -> Both<N> {
        let kept = |it: &Posting| Kept { from: N::of(it.span.from), until: N::of(it.span.until), rule: N::of(it.rule) };
        Both {
            starts: starts.iter().map(|it| N::of(*it)).collect(),
            postings: postings.iter().map(kept).collect(),
            versions: postings.iter().map(|it| N::of(it.version)).collect(),
        }
    }

    #[inline]
    fn range(&self, category: u32) -> std::ops::Range<usize> {
        let category = category as usize;
        match self.starts.get(category..category + 2) {
            Some(&[start, end]) => start.wide() as usize..end.wide() as usize,
            _ => 0..0,
        }
    }

    #[inline]
    fn each_alive_of<E>(
        &self,
        categories: impl Iterator<Item = u32>,
        sequence: N,
        mut look: impl FnMut(u32, usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        for category in categories {
            self.each_alive(self.range(category), sequence, |position, rule| look(category, position, rule))?;
        }
        Ok(())
    }

    #[inline]
    fn each_alive<E>(
        &self,
        range: std::ops::Range<usize>,
        sequence: N,
        mut look: impl FnMut(usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = range.start;
        for (position, it) in self.postings.get(range).unwrap_or_default().iter().enumerate() {
            if it.from <= sequence && sequence < it.until {
                look(start + position, it.rule.wide())?;
            }
        }
        Ok(())
    }
}

impl Postings {
    /// Lays postings out, which are sorted by category, of a list that has so
    /// many revisions.
    pub(super) fn of(
        postings: &[Posting],
        versions: Vec<Arc<Entry>>,
        covering: &Rows<u32>,
        touching: &Rows<u32>,
        revisions: usize,
    ) -> Postings {
        let starts = starts(postings, covering.len());
        let has_any = |category: u32| {
            let category = category as usize;
            matches!(starts.get(category..category + 2), Some([start, end]) if start != end)
        };
        let occupied = |it| Occupied::of(covering.row(it), touching.row(it), has_any);
        let highest = |it: &Posting| {
            let until = if it.span.until == OPEN_END { 0 } else { it.span.until };
            it.span.from.max(until).max(it.rule).max(it.version)
        };
        let many = [revisions, postings.len()].map(number);
        let is_narrow = postings.iter().map(highest).chain(many).all(|it| it < u32::from(u16::MAX));
        Postings {
            occupied: (0..number(covering.len())).map(occupied).collect(),
            columns: if is_narrow {
                Columns::Narrow(Both::of(postings, &starts))
            } else {
                Columns::Wide(Both::of(postings, &starts))
            },
            entries: versions,
        }
    }

    /// Returns at which of the categories that have to do with one something
    /// ever stood.
    #[inline]
    pub(super) fn occupied(&self, category: u32) -> Occupied {
        self.occupied.get(category as usize).copied().unwrap_or(Occupied(0))
    }

    #[inline]
    pub(super) fn range(&self, category: u32) -> std::ops::Range<usize> {
        match &self.columns {
            Columns::Narrow(both) => both.range(category),
            Columns::Wide(both) => both.range(category),
        }
    }

    /// Looks at what stands at some categories in a revision: the category, the
    /// position of the posting, and its rule.
    #[inline]
    pub(super) fn each_alive_of<E>(
        &self,
        categories: impl Iterator<Item = u32>,
        sequence: u32,
        look: impl FnMut(u32, usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.columns {
            // A list with more revisions is not kept in two bytes.
            Columns::Narrow(both) => both.each_alive_of(categories, u16::try_from(sequence).unwrap_or(u16::MAX), look),
            Columns::Wide(both) => both.each_alive_of(categories, sequence, look),
        }
    }

    /// Looks at what stands at a category in a revision: the position of the
    /// posting, and its rule.
    #[inline]
    pub(super) fn each_alive<E>(
        &self,
        category: u32,
        sequence: u32,
        look: impl FnMut(usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_alive_in(self.range(category), sequence, look)
    }

    /// The same of some postings.
    #[inline]
    pub(super) fn each_alive_in<E>(
        &self,
        range: std::ops::Range<usize>,
        sequence: u32,
        look: impl FnMut(usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.columns {
            Columns::Narrow(both) => both.each_alive(range, u16::try_from(sequence).unwrap_or(u16::MAX), look),
            Columns::Wide(both) => both.each_alive(range, sequence, look),
        }
    }

    /// Returns whether something stands at a category in a revision.
    #[inline]
    pub(super) fn has_alive(&self, category: u32, sequence: u32) -> bool {
        self.each_alive(category, sequence, |_, _| Err(())).is_err()
    }

    /// Returns all that ever stood at a category: spans and rules.
    pub(super) fn at(&self, category: u32) -> impl Iterator<Item = (Span, u32)> + '_ {
        self.range(category).filter_map(|position| self.posting(position))
    }

    fn posting(&self, position: usize) -> Option<(Span, u32)> {
        fn of<N: Narrow>(both: &Both<N>, position: usize) -> Option<(Span, u32)> {
            let Kept { from, until, rule } = both.postings.get(position)?;
            Some((Span { from: from.wide(), until: until.wide() }, rule.wide()))
        }
        match &self.columns {
            Columns::Narrow(both) => of(both, position),
            Columns::Wide(both) => of(both, position),
        }
    }

    /// Returns the entry of a posting.
    pub(super) fn entry(&self, position: usize) -> Option<&Entry> {
        let version = match &self.columns {
            Columns::Narrow(both) => both.versions.get(position)?.wide(),
            Columns::Wide(both) => both.versions.get(position)?.wide(),
        };
        self.entries.get(version as usize).map(AsRef::as_ref)
    }

    /// Returns how many versions of entries there are.
    pub(super) fn versions(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let columns = match &self.columns {
            Columns::Narrow(both) => both.starts.len() * 2 + both.postings.len() * 8,
            Columns::Wide(both) => both.starts.len() * 4 + both.postings.len() * 16,
        };
        self.occupied.len() + columns + self.entries.len() * size_of::<Arc<Entry>>()
    }
}

/// Returns where the postings of each category begin, and where the last one's
/// end.
fn starts(postings: &[Posting], categories: usize) -> Vec<u32> {
    let mut starts = vec![0; categories + 1];
    for (posting, end) in postings.iter().zip(1..) {
        if let Some(it) = starts.get_mut(posting.category as usize + 1) {
            *it = end;
        }
    }
    // A category without postings begins where the one before it ends.
    let mut end = 0;
    for start in &mut starts {
        end = end.max(*start);
        *start = end;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_whole_at_the_borders_of_two_bytes() {
        for border in [254, 255, 256, 65_533, 65_534, 65_535, 65_536] {
            for (from, until, rule) in
                [(border, OPEN_END, 0), (0, border, 0), (0, OPEN_END, border), (border, border + 1, border)]
            {
                let of = |(category, from, until, rule), version| {
                    let span = Span { from, until };
                    Posting { category, span, rule, version }
                };
                let postings = [of((1, from, until, rule), 0), of((1, 0, OPEN_END, 7), border)];
                let rows = || [vec![0], vec![1], vec![2]].into_iter().collect();
                let kept = Postings::of(&postings, Vec::new(), &rows(), &Rows::default(), border as usize + 2);
                let expected = [(Span { from, until }, rule), (Span { from: 0, until: OPEN_END }, 7)];
                assert_eq!(kept.at(1).collect::<Vec<_>>(), expected);
                assert_eq!((kept.at(0).count(), kept.at(2).count()), (0, 0));
                for sequence in [border.saturating_sub(1), border, border + 1] {
                    let mut alive = Vec::new();
                    let look = |_, rule| {
                        alive.push(rule);
                        Ok::<_, ()>(())
                    };
                    kept.each_alive(1, sequence, look).unwrap();
                    let expected: Vec<_> =
                        expected.iter().filter(|(span, _)| span.has(sequence)).map(|(_, rule)| *rule).collect();
                    assert_eq!(alive, expected, "{border} {from} {until} {sequence}");
                }
            }
        }
    }

    #[test]
    fn what_is_occupied_is_looked_at_and_little_else() {
        let covering: Vec<u32> = (0..10).collect();
        let found = |occupied: &[u32]| {
            let occupied = Occupied::of(&covering, &[20, 21], |it| occupied.contains(&it));
            (occupied.among(&covering).collect::<Vec<_>>(), occupied.touches())
        };
        assert_eq!(found(&[]), (vec![], false));
        assert_eq!(found(&[0, 5, 21]), (vec![0, 5], true));
        // Behind the sixth all are looked at.
        assert_eq!(found(&[3, 8]), (vec![3, 6, 7, 8, 9], false));
        assert_eq!(found(&[6]), (vec![6, 7, 8, 9], false));
        assert_eq!(found(&[7, 8]), (vec![6, 7, 8, 9], false));
    }
}
