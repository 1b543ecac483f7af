//! Many questions at once.
//!
//! An index that does not fit into the processor's cache is waited for: once
//! for where a category's postings are, once for these, once for their rules.
//! Some questions are taken together, step by step, so that their waiting
//! coincides.

use std::convert::Infallible;
use std::ops::Range;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::{Ask, Asked};
use crate::evaluate::compiled::rules::{Bearing, Circumstances, Rule};
use crate::evaluate::compiled::timeline::Stands;
use crate::evaluate::compiled::walk::Standing;
use crate::model::{Outcome, UnknownReason};

/// So many questions are taken together.
const TOGETHER: usize = 16;

/// A question on its way, which has one item and reaches one list in force.
struct OnTheWay<'i, 'q> {
    asked: Circumstances<'q>,
    standing: Standing<'i>,
    speaks: bool,
    binds: bool,
    decided: Option<(Outcome, Option<UnknownReason>)>,
}

/// What is found on the way, kept from some questions to the next.
#[derive(Default)]
struct Found<'i, 'q> {
    questions: Vec<Option<OnTheWay<'i, 'q>>>,
    /// Where postings are, and of which question.
    ranges: Vec<(usize, Range<usize>)>,
    /// The rules that stand there.
    rules: Vec<(usize, &'i Rule)>,
}

impl Index {
    /// The same as [`Index::decided_outcome`] for many questions, in order:
    /// `take` gets the position of each, and its outcome.
    pub fn decided_outcomes(
        &self,
        asked: &[Asked],
        mut take: impl FnMut(usize, Option<(Outcome, Option<UnknownReason>)>),
    ) {
        let mut found = Found::default();
        for (chunk, first) in asked.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            found.questions.clear();
            found.questions.extend(chunk.iter().map(|it| self.set_out(&it.ask())));
            self.find_ranges(&mut found);
            find_rules(&mut found);
            self.weigh(&mut found);
            for ((question, it), position) in chunk.iter().zip(&found.questions).zip(first..) {
                let outcome = match it {
                    Some(it) => it.decided,
                    None => self.decided_outcome(question),
                };
                take(position, outcome);
            }
        }
    }

    #[inline]
    fn set_out<'q>(&self, ask: &Ask<'q>) -> Option<OnTheWay<'_, 'q>> {
        let [item] = ask.items else { return None };
        let [number] = self.lists_over.row(self.words.time(ask.from, ask.at)) else { return None };
        let list = self.lists.get(*number as usize)?;
        let Stands::InForce(sequence) = list.timeline.stands(ask.at, ask.known_on) else { return None };
        let standing = Standing { list, sequence, terms: list.terms(sequence)? };
        let to = self.destination(ask);
        let asked = Circumstances { stated: ask.stated, to, category: item.category, people: &item.people };
        let taken = self.takes_alone(&standing, &asked).ok()?;
        let decided = Some((Outcome::Permitted, None));
        Some(OnTheWay { asked, standing, speaks: taken.speaks, binds: taken.binds, decided })
    }

    #[inline]
    fn find_ranges(&self, found: &mut Found<'_, '_>) {
        found.ranges.clear();
        for (number, it) in found.questions.iter().enumerate() {
            if let Some(it) = it.as_ref().filter(|it| it.binds) {
                let (category, postings) = (it.asked.category, &it.standing.list.postings);
                let covering = postings.occupied(category).among(self.words.covering.row(category));
                let ranges = covering.map(|category| postings.range(category));
                found.ranges.extend(ranges.filter(|it| !it.is_empty()).map(|it| (number, it)));
            }
        }
    }

    #[inline]
    fn weigh(&self, found: &mut Found<'_, '_>) {
        for (number, rule) in &found.rules {
            let Some(Some(it)) = found.questions.get_mut(*number) else { continue };
            let Some((outcome, reason)) = &mut it.decided else { continue };
            match self.parts.bearing(rule, &it.asked) {
                Bearing::None => {}
                Bearing::Open => it.decided = None,
                Bearing::Applies(found) => {
                    *outcome = found.max(*outcome);
                    if found == Outcome::Unknown {
                        *reason = Some(UnknownReason::Undetermined);
                    }
                }
            }
        }
        for it in found.questions.iter_mut().flatten() {
            let touches = it.binds && it.standing.list.postings.occupied(it.asked.category).touches();
            if touches && self.touches_nothing(&it.standing, &it.asked).is_err() {
                it.decided = None;
            }
            if let Some((outcome, reason)) = &mut it.decided {
                if !it.speaks {
                    *outcome = Outcome::Unknown.max(*outcome);
                    *reason = Some(UnknownReason::OutsideScope);
                }
                *reason = reason.filter(|_| *outcome == Outcome::Unknown);
            }
        }
    }
}

#[inline]
fn find_rules(found: &mut Found<'_, '_>) {
    found.rules.clear();
    for (number, range) in &found.ranges {
        let Some(Some(it)) = found.questions.get(*number) else { continue };
        let list = it.standing.list;
        let take = |_, rule| {
            found.rules.extend(list.rule(rule).map(|rule| (*number, rule)));
            Ok::<_, Infallible>(())
        };
        let Ok(()) = list.postings.each_alive_in(range.clone(), it.standing.sequence, take);
    }
}
