//! For each category of a list, what stood there from which revision until
//! which.

use std::sync::Arc;

use crate::evaluate::compiled::rows::number;
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
    pub(super) entry: Arc<Entry>,
}

/// A number of a revision or of a rule, as it is kept: in two bytes, or in
/// four where a list has more.
trait Narrow: Copy + Ord {
    /// The highest, which no number is but that of an open end.
    const HIGHEST: Self;

    fn of(number: u32) -> Self;
    fn wide(self) -> u32;
}

impl Narrow for u16 {
    const HIGHEST: u16 = u16::MAX;

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
    const HIGHEST: u32 = u32::MAX;

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
    /// Where each category's begin, and where the last one's end.
    starts: Vec<u32>,
    columns: Columns,
    /// The entries that they are of.
    entries: Vec<Arc<Entry>>,
}

#[derive(Debug)]
enum Columns {
    Narrow(Both<u16>),
    Wide(Both<u32>),
}

#[derive(Debug)]
struct Both<N> {
    spans: Vec<(N, N)>,
    rules: Vec<N>,
}

impl<N: Narrow> Both<N> {
    fn of(postings: &[Posting]) -> Both<N> {
        let span = |it: &Posting| (N::of(it.span.from), N::of(it.span.until));
        Both { spans: postings.iter().map(span).collect(), rules: postings.iter().map(|it| N::of(it.rule)).collect() }
    }

    #[inline]
    fn each_alive_of<E>(
        &self,
        starts: &[u32],
        categories: &[u32],
        sequence: N,
        mut look: impl FnMut(u32, usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        for category in categories {
            let place = *category as usize;
            let Some(&[start, end]) = starts.get(place..place + 2) else { continue };
            let (start, end) = (start as usize, end as usize);
            for (position, (from, until)) in (start..).zip(self.spans.get(start..end).unwrap_or_default()) {
                if *from <= sequence && sequence < *until {
                    let Some(rule) = self.rules.get(position) else { continue };
                    look(*category, position, rule.wide())?;
                }
            }
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
        for (position, (from, until)) in self.spans.get(range.clone()).unwrap_or_default().iter().enumerate() {
            if *from <= sequence && sequence < *until {
                let position = range.start + position;
                if let Some(rule) = self.rules.get(position) {
                    look(position, rule.wide())?;
                }
            }
        }
        Ok(())
    }
}

impl Postings {
    /// Lays postings out, which are sorted by category, of a list that has so
    /// many revisions.
    pub(super) fn of(postings: Vec<Posting>, categories: usize, revisions: usize) -> Postings {
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
        let highest = |it: &Posting| {
            let until = if it.span.until == OPEN_END { 0 } else { it.span.until };
            it.span.from.max(until).max(it.rule)
        };
        let highest = postings.iter().map(highest).chain([number(revisions)]).max();
        let is_narrow = highest.unwrap_or(0) < u32::from(u16::MAX);
        let columns = if is_narrow { Columns::Narrow(Both::of(&postings)) } else { Columns::Wide(Both::of(&postings)) };
        Postings { starts, columns, entries: postings.into_iter().map(|it| it.entry).collect() }
    }

    #[inline]
    pub(super) fn range(&self, category: u32) -> std::ops::Range<usize> {
        let category = category as usize;
        match self.starts.get(category..category + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        }
    }

    /// Looks at what stands at some categories in a revision: the category, the
    /// position of the posting, and its rule.
    #[inline]
    pub(super) fn each_alive_of<E>(
        &self,
        categories: &[u32],
        sequence: u32,
        look: impl FnMut(u32, usize, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.columns {
            Columns::Narrow(both) => {
                let sequence = u16::try_from(sequence).unwrap_or(u16::MAX);
                both.each_alive_of(&self.starts, categories, sequence, look)
            }
            Columns::Wide(both) => both.each_alive_of(&self.starts, categories, sequence, look),
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
            // A list with more revisions is not kept in two bytes.
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
            let (from, until) = both.spans.get(position)?;
            let until = if *until == N::HIGHEST { OPEN_END } else { until.wide() };
            Some((Span { from: from.wide(), until }, both.rules.get(position)?.wide()))
        }
        match &self.columns {
            Columns::Narrow(both) => of(both, position),
            Columns::Wide(both) => of(both, position),
        }
    }

    /// Returns the entry of a posting.
    pub(super) fn entry(&self, position: usize) -> Option<&Entry> {
        self.entries.get(position).map(AsRef::as_ref)
    }

    pub(super) fn bytes(&self) -> usize {
        let columns = match &self.columns {
            Columns::Narrow(both) => both.rules.len() * 6,
            Columns::Wide(both) => both.rules.len() * 12,
        };
        self.starts.len() * 4 + columns + self.entries.len() * size_of::<Arc<Entry>>()
    }
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
                let postings = [(1, from, until, rule), (1, 0, OPEN_END, 7)];
                let entry = Arc::new(entry());
                let of = |(category, from, until, rule)| Posting {
                    category,
                    span: Span { from, until },
                    rule,
                    entry: Arc::clone(&entry),
                };
                let kept = Postings::of(postings.map(of).into(), 3, border as usize + 2);
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

    fn entry() -> Entry {
        Entry {
            id: "entry".parse().unwrap(),
            categories: std::collections::BTreeSet::new(),
            except: std::collections::BTreeSet::new(),
            to: crate::model::Destinations::Any,
            when: crate::model::When::new(),
            effect: crate::model::Effect::Notice,
            exemptions: std::collections::BTreeSet::new(),
            duties: std::collections::BTreeSet::new(),
            objective: crate::model::Objective::Other,
            cite: String::new(),
            note: crate::model::Text::default(),
            combine: None,
            notes: Vec::new(),
        }
    }
}
