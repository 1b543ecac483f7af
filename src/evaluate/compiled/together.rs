//! Many questions at once.
//!
//! An index that does not fit into the processor's cache is waited for: once
//! for where a category's postings are, once for these, once for their rules.
//! Some questions are taken together, step by step, so that their waiting
//! coincides.

use smallvec::SmallVec;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::{Ask, Asked};
use crate::evaluate::compiled::rules::{Bearing, Circumstances, Rule};
use crate::evaluate::compiled::timeline::Stands;
use crate::evaluate::compiled::walk::{Reached, Standing};
use crate::model::{Outcome, UnknownReason};

/// So many questions are taken together.
const TOGETHER: usize = 16;

/// A question on its way, where it has one item and reaches one list in force.
struct OnTheWay<'i, 'q> {
    asked: Circumstances<'q>,
    reached: Reached<'i>,
    ranges: SmallVec<[std::ops::Range<usize>; 8]>,
    rules: SmallVec<[&'i Rule; 8]>,
    speaks: bool,
    binds: bool,
    /// What lies further down stands there too.
    touches: bool,
}

impl Index {
    /// The same as [`Index::decided_outcome`] for many questions, in order:
    /// `take` gets the position of each, and its outcome.
    pub fn decided_outcomes(
        &self,
        asked: &[Asked],
        mut take: impl FnMut(usize, Option<(Outcome, Option<UnknownReason>)>),
    ) {
        for (chunk, first) in asked.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            let mut all: SmallVec<[Option<OnTheWay<'_, '_>>; TOGETHER]> =
                chunk.iter().map(|it| self.set_out(&it.ask())).collect();
            for it in all.iter_mut().flatten() {
                self.find_ranges(it);
            }
            for it in all.iter_mut().flatten() {
                find_rules(it);
            }
            for ((question, it), position) in chunk.iter().zip(all).zip(first..) {
                let outcome = it.map_or_else(|| self.decided_outcome(question), |it| self.arrive(&it));
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
        let asked = Circumstances {
            stated: ask.stated,
            to: self.destination(ask),
            category: item.category,
            people: &item.people,
        };
        let reached = Reached::of_one(standing);
        let taken = self.takes(&reached, &standing, &asked).ok()?;
        let (ranges, rules) = (SmallVec::new(), SmallVec::new());
        Some(OnTheWay { asked, reached, ranges, rules, speaks: taken.speaks, binds: taken.binds, touches: false })
    }

    #[inline]
    fn find_ranges(&self, it: &mut OnTheWay<'_, '_>) {
        let Some(standing) = it.reached.standing.first().filter(|_| it.binds) else { return };
        let category = it.asked.category;
        it.ranges.extend(self.words.covering.row(category).iter().map(|it| standing.list.postings.range(*it)));
        let touching = self.words.touching.row(category);
        it.touches = touching.iter().any(|it| standing.list.postings.has_alive(*it, standing.sequence));
    }

    #[inline]
    fn arrive(&self, it: &OnTheWay<'_, '_>) -> Option<(Outcome, Option<UnknownReason>)> {
        if it.touches {
            return None;
        }
        let (mut outcome, mut reason) = (Outcome::Permitted, None);
        for rule in &it.rules {
            match self.parts.bearing(rule, &it.asked) {
                Bearing::None => {}
                Bearing::Open => return None,
                Bearing::Applies(it) => {
                    outcome = outcome.max(it);
                    if it == Outcome::Unknown {
                        reason = Some(UnknownReason::Undetermined);
                    }
                }
            }
        }
        if !it.speaks {
            outcome = outcome.max(Outcome::Unknown);
            reason = Some(reason.map_or(it.reached.silence(), |other| other.min(it.reached.silence())));
        }
        Some((outcome, reason.filter(|_| outcome == Outcome::Unknown)))
    }
}

#[inline]
fn find_rules(it: &mut OnTheWay<'_, '_>) {
    let OnTheWay { reached, ranges, rules, .. } = it;
    let Some(standing) = reached.standing.first() else { return };
    for range in ranges {
        let take = |_, rule| {
            rules.extend(standing.list.rule(rule));
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = standing.list.postings.each_alive_in(range.clone(), standing.sequence, take);
    }
}
