//! How long an answer stays the same, without asking on every day between.
//!
//! A list changes what a question gets only where its terms change, or where
//! an entry comes or goes that bears on the question. What lies between two
//! such days is passed over.

use smallvec::SmallVec;

use crate::evaluate::applies::Assumed;
use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::Ask;
use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::gist::Gist;
use crate::evaluate::compiled::list::ListIndex;
use crate::evaluate::compiled::postings::Span;
use crate::evaluate::compiled::rules::{Bearing, Circumstances};
use crate::evaluate::compiled::timeline::Stands;
use crate::evaluate::reference::{Findings, Verdict};
use crate::evaluate::source::Source;
use crate::evaluate::validity::{decisive, memberships};
use crate::model::{At, End, Question, Validity};

/// Where to look for the next change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Direction {
    Earlier,
    Later,
}

/// A question whose horizon is looked for.
struct Outlook<'i, 'q> {
    index: &'i Index,
    question: &'q Question,
    asked: Ask<'q>,
    /// What the question gets, in short and whole.
    gist: Option<Gist>,
    verdict: &'q Verdict,
}

impl Index {
    /// Returns the interval over which the findings of a question stay the
    /// same.
    pub(super) fn horizon(
        &self,
        question: &Question,
        asked: &Ask<'_>,
        findings: &Findings<'_>,
        verdict: &Verdict,
    ) -> Validity {
        let gist = self.gist(asked).ok();
        let outlook = Outlook { index: self, question, asked: *asked, gist, verdict };
        let from = outlook.begins().and_then(Day::date);
        let until = outlook.ends();
        let ends = until.map(|it| self.happening(question, asked, it)).unwrap_or_default();
        let ends_with = match (ends.as_slice(), until.and_then(Day::date)) {
            ([], _) | (_, None) => None,
            ([only], _) => Some(only.clone()),
            (several, Some(day)) => {
                let then = Question { at: At(day), ..question.clone() };
                decisive(several, findings, &self.ask(&then, &Assumed::default()))
            }
        };
        Validity { from, until: until.and_then(Day::date), ends_with }
    }

    /// Returns all that happens on a day that could change the answer.
    fn happening(&self, question: &Question, asked: &Ask<'_>, day: Day) -> Vec<End> {
        let mut ends = Vec::new();
        for list in self.lists_ever.row(asked.from).iter().filter_map(|it| self.lists.get(*it as usize)) {
            for (sequence, begins) in list.timeline.happening(day, asked.known_on) {
                let Some(issued) = list.list.revisions.get(sequence as usize) else { continue };
                let (list, version) = (issued.revision.list.clone(), issued.revision.version.clone());
                ends.push(if begins { End::Revision { list, version } } else { End::Expiry { list, version } });
            }
        }
        if self.is_cut(asked, day) {
            let memberships = memberships(&self.state, question).into_iter();
            ends.extend(memberships.filter(|(it, _)| Day::from(*it) == day).map(|(_, end)| end));
        }
        ends
    }

    fn is_cut(&self, asked: &Ask<'_>, day: Day) -> bool {
        std::iter::once(asked.from).chain(asked.to).any(|it| self.words.cuts(it).contains(&day))
    }
}

impl Outlook<'_, '_> {
    /// Returns the first day on which it was as it is; `None` if it was never
    /// otherwise.
    fn begins(&self) -> Option<Day> {
        let mut day = self.asked.at;
        loop {
            let change = self.change(day, Direction::Earlier)?;
            day = change.just_before();
            if !self.is_same(day, || change.date()?.yesterday().ok()) {
                return Some(change);
            }
        }
    }

    /// Returns the first day on which it is no longer as it is.
    fn ends(&self) -> Option<Day> {
        let mut day = self.asked.at;
        loop {
            day = self.change(day, Direction::Later)?;
            if !self.is_same(day, || day.date()) {
                return Some(day);
            }
        }
    }

    /// Returns whether the question gets the same on another day: first in
    /// short, and whole where that does not tell.
    fn is_same(&self, day: Day, date: impl Fn() -> Option<jiff::civil::Date>) -> bool {
        let asked = Ask { at: day, ..self.asked };
        if let (Some(one), Ok(other)) = (&self.gist, self.index.gist(&asked)) {
            if *one == other {
                return true;
            }
            if one.outcome != other.outcome {
                return false;
            }
        }
        let Some(at) = date().map(At) else { return false };
        let then = match self.index.findings(&asked, at) {
            Ok(then) => then,
            Err(_) => self.index.ask(&Question { at, ..self.question.clone() }, &Assumed::default()),
        };
        then.verdict() == *self.verdict
    }

    /// Returns the nearest day after a day, or the nearest until and with it,
    /// on which something changes that bears on the question.
    fn change(&self, day: Day, direction: Direction) -> Option<Day> {
        let cuts = || std::iter::once(self.asked.from).chain(self.asked.to).map(|it| self.index.words.cuts(it));
        let nearest_cut = |cuts: &[Day]| {
            let passed = cuts.partition_point(|it| *it <= day);
            match direction {
                Direction::Earlier => cuts.get(passed.checked_sub(1)?),
                Direction::Later => cuts.get(passed),
            }
            .copied()
        };
        let cuts = cuts().filter_map(nearest_cut);
        let over = self.index.lists_over.row(self.index.words.time(self.asked.from, day));
        let lists = over.iter().filter_map(|it| self.index.lists.get(*it as usize));
        let changes = cuts.chain(lists.filter_map(|it| self.change_of(it, day, direction)));
        match direction {
            Direction::Earlier => changes.max(),
            Direction::Later => changes.min(),
        }
    }

    fn change_of(&self, list: &ListIndex, day: Day, direction: Direction) -> Option<Day> {
        let stands = list.timeline.stands(day, self.asked.known_on);
        if !list.timeline.is_steady() {
            return self.step(list, day, stands, direction);
        }
        let sequence = match (stands, direction) {
            (Stands::InForce(sequence) | Stands::Lapsed(sequence), _) => sequence,
            (Stands::NotYet, Direction::Earlier) => return None,
            (Stands::NotYet, Direction::Later) => return self.day_of(list, 0),
        };
        let (terms_after, terms_before) = list.terms_change(sequence);
        let border = self.nearest_border(list, day, sequence, direction);
        match direction {
            Direction::Later => self.day_of(list, border.into_iter().chain(terms_after).min()?),
            // Before its first revision the list was silent.
            Direction::Earlier => self.day_of(list, border.into_iter().chain(terms_before).chain([0]).max()?),
        }
    }

    /// Returns the nearest sequence at which something begins or ends that
    /// bears on the question. Whether it does is asked only of what is nearer
    /// than what was found.
    fn nearest_border(&self, list: &ListIndex, day: Day, sequence: u32, direction: Direction) -> Option<u32> {
        let mut nearest: Option<u32> = None;
        self.each_posting(list, day, |span, bears| {
            let borders = [span.from, span.until].into_iter();
            let nearer = match direction {
                Direction::Later => {
                    borders.filter(|it| sequence < *it && nearest.is_none_or(|nearest| *it < nearest)).min()
                }
                Direction::Earlier => {
                    borders.filter(|it| *it <= sequence && nearest.is_none_or(|nearest| nearest < *it)).max()
                }
            };
            if nearer.is_some() && bears() {
                nearest = nearer;
            }
        });
        nearest
    }

    /// Returns the day from which a revision binds, if it is known.
    fn day_of(&self, list: &ListIndex, sequence: u32) -> Option<Day> {
        let (published, effective) = list.timeline.days(sequence)?;
        self.asked.known_on.is_none_or(|it| published <= it).then_some(effective)
    }

    /// Goes from day to day where a list is in disorder.
    fn step(&self, list: &ListIndex, day: Day, stands: Stands, direction: Direction) -> Option<Day> {
        let days = list.timeline.changes();
        let passed = days.partition_point(|it| *it <= day);
        let spans = self.bearing_spans(list, day);
        let is_like = |other: Stands| is_alike(list, stands, other, &spans);
        match direction {
            Direction::Later => {
                let mut later = days.get(passed..)?.iter().copied();
                later.find(|it| !is_like(list.timeline.stands(*it, self.asked.known_on)))
            }
            Direction::Earlier => {
                let mut earlier = days.get(..passed)?.iter().rev().copied();
                earlier.find(|it| !is_like(list.timeline.stands(it.just_before(), self.asked.known_on)))
            }
        }
    }

    /// Returns the spans of all that stood at some time and bears on the
    /// question.
    fn bearing_spans(&self, list: &ListIndex, day: Day) -> SmallVec<[Span; 16]> {
        let mut spans = SmallVec::new();
        self.each_posting(list, day, |span, bears| {
            if bears() {
                spans.push(span);
            }
        });
        spans
    }

    /// Looks at all that stood at some time and may bear on the question: its
    /// span, and whether it does.
    fn each_posting(&self, list: &ListIndex, day: Day, mut look: impl FnMut(Span, &dyn Fn() -> bool)) {
        let to = self.index.destination(&Ask { at: day, ..self.asked });
        for item in self.asked.items {
            let asked = Circumstances { stated: self.asked.stated, to, category: item.category, people: &item.people };
            let combines = 1 < self.asked.items.len();
            // What is shared between items, or lies further down, may bear on
            // them in ways that a rule alone does not show.
            let bears = |rule| {
                let rule = list.rule(rule).filter(|_| !combines);
                rule.is_none_or(|it| self.index.parts.bearing(it, &asked) != Bearing::None)
            };
            let occupied = list.postings.occupied(item.category);
            for category in occupied.among(self.index.words.covering.row(item.category)) {
                list.postings.at(category).for_each(|(span, rule)| look(span, &|| bears(rule)));
            }
            let touching = self.index.words.touching.row(item.category);
            for category in touching.iter().filter(|_| occupied.touches()) {
                list.postings.at(*category).for_each(|(span, _)| look(span, &|| true));
            }
        }
    }
}

/// Returns whether a list that stands otherwise says the same.
fn is_alike(list: &ListIndex, one: Stands, other: Stands, spans: &[Span]) -> bool {
    let (one, other) = match (one, other) {
        (Stands::InForce(one), Stands::InForce(other)) => (one, other),
        // What has lapsed is silent, as what has not begun.
        (Stands::Lapsed(_) | Stands::NotYet, Stands::Lapsed(_) | Stands::NotYet) => return true,
        (Stands::InForce(_), _) | (_, Stands::InForce(_)) => return false,
    };
    one == other || list.has_same_terms(one, other) && spans.iter().all(|it| it.has(one) == it.has(other))
}
