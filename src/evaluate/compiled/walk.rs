//! Asking in numbers, where nothing is left open that could matter.
//!
//! Whatever may be open makes a walk give up, and the question is asked as the
//! reference asks it. So all here is decided, and nothing is allocated.

use smallvec::SmallVec;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::{Ask, AskedItem};
use crate::evaluate::compiled::list::{ListIndex, Terms};
use crate::evaluate::compiled::rules::{Bearing, Circumstances, Rule};
use crate::evaluate::compiled::sets::{Certain, Lies};
use crate::evaluate::compiled::timeline::Stands;
use crate::model::{Outcome, UnknownReason};

/// What a question leaves open decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftOpen;

/// A list in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'i> {
    pub(super) list: &'i ListIndex,
    pub(super) sequence: u32,
    pub(super) terms: &'i Terms,
}

/// The lists that a question reaches.
#[derive(Debug, Default)]
pub(super) struct Reached<'i> {
    pub(super) standing: SmallVec<[Standing<'i>; 2]>,
    /// Those whose last revision has run out, or ended them.
    pub(super) lapsed: SmallVec<[(&'i ListIndex, u32); 1]>,
    /// Whether one of them displaces others.
    displaces: bool,
}

impl Reached<'_> {
    /// Returns why nobody speaks, where that is so.
    pub(super) fn silence(&self) -> UnknownReason {
        if self.standing.is_empty() { UnknownReason::NoList } else { UnknownReason::OutsideScope }
    }
}

/// How one list takes an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// The data leaves its border.
    pub(super) leaves: bool,
    /// What none of its entries restricts is permitted by it.
    pub(super) speaks: bool,
    /// Its entries may bind: they concern this, and no other list goes before
    /// it.
    pub(super) binds: bool,
}

impl Index {
    #[inline]
    pub(super) fn reached(&self, asked: &Ask<'_>) -> Reached<'_> {
        let mut reached = Reached::default();
        let from = self.words.time(asked.from, asked.at);
        for number in self.lists_over.row(from) {
            let Some(list) = self.lists.get(*number as usize) else { continue };
            match list.timeline.stands(asked.at, asked.known_on) {
                Stands::NotYet => {}
                Stands::InForce(sequence) => {
                    if let Some(terms) = list.terms(sequence) {
                        reached.displaces |= !terms.displaces.is_empty();
                        reached.standing.push(Standing { list, sequence, terms });
                    }
                }
                Stands::Lapsed(sequence) => reached.lapsed.push((list, sequence)),
            }
        }
        reached
    }

    #[inline]
    pub(super) fn destination(&self, asked: &Ask<'_>) -> Option<u32> {
        asked.to.map(|it| self.words.time(it, asked.at))
    }

    /// Returns how a list takes an item.
    #[inline]
    pub(super) fn takes(
        &self,
        reached: &Reached<'_>,
        standing: &Standing<'_>,
        asked: &Circumstances<'_>,
    ) -> Result<Taken, LeftOpen> {
        let taken = self.takes_alone(standing, asked)?;
        if !reached.displaces {
            return Ok(taken);
        }
        let is_displaced = self.is_displaced(reached, standing, asked)?;
        Ok(Taken { binds: taken.binds && !is_displaced, ..taken })
    }

    /// The same where no other list could go before it.
    #[inline]
    pub(super) fn takes_alone(&self, standing: &Standing<'_>, asked: &Circumstances<'_>) -> Result<Taken, LeftOpen> {
        let terms = standing.terms;
        let leaves = self.leaves(terms, asked)?;
        if terms.is_plain {
            return Ok(Taken { leaves, speaks: true, binds: leaves });
        }
        let is_meant = decided(self.holds(terms, asked))?;
        // Of data that stays inside, the list says just that.
        let is_towards = !leaves || decided(self.parts.destinations.has(terms.towards, asked.to))?;
        let in_scope = self.is_in_scope(terms, asked.category);
        Ok(Taken { leaves, speaks: in_scope && is_towards && is_meant, binds: leaves && is_towards && is_meant })
    }

    #[inline]
    fn leaves(&self, terms: &Terms, asked: &Circumstances<'_>) -> Result<bool, LeftOpen> {
        // Any destination is any outside the border.
        if terms.within || asked.to.is_none() {
            return Ok(true);
        }
        decided(self.parts.destinations.has(terms.outside, asked.to))
    }

    #[inline]
    fn is_in_scope(&self, terms: &Terms, category: u32) -> bool {
        terms.scope.is_none_or(|it| self.parts.categories.lies(it, category) == Lies::Inside)
    }

    /// Returns whether the scope of a list covers a category, or something
    /// narrower.
    pub(super) fn scope_meets(&self, terms: &Terms, category: u32) -> bool {
        terms.scope.is_none_or(|it| self.parts.categories.meets(it, category))
    }

    fn is_displaced(
        &self,
        reached: &Reached<'_>,
        standing: &Standing<'_>,
        asked: &Circumstances<'_>,
    ) -> Result<bool, LeftOpen> {
        let own = &standing.list.list.id;
        let mut is_displaced = false;
        for other in reached.standing.iter().filter(|it| it.terms.displaces.contains(own)) {
            // Of two lists that displace each other neither goes.
            let is_mutual = standing.terms.displaces.contains(&other.list.list.id);
            if is_mutual || !self.is_in_scope(other.terms, asked.category) {
                continue;
            }
            let goes = self.leaves(other.terms, asked)?
                && decided(self.parts.destinations.has(other.terms.towards, asked.to))?;
            is_displaced |= goes && decided(self.holds(other.terms, asked))?;
        }
        Ok(is_displaced)
    }

    /// Returns the outcome of a question, and why it is unknown where it is.
    #[inline]
    pub(super) fn walk(&self, asked: &Ask<'_>) -> Result<(Outcome, Option<UnknownReason>), LeftOpen> {
        match (self.lists_over.row(self.words.time(asked.from, asked.at)), asked.items) {
            ([number], [item]) => self.walk_one(*number, item, asked),
            _ => self.walk_several(asked),
        }
    }

    /// The same of one item and one list, as most are.
    #[inline]
    fn walk_one(
        &self,
        number: u32,
        AskedItem { category, people }: &AskedItem,
        asked: &Ask<'_>,
    ) -> Result<(Outcome, Option<UnknownReason>), LeftOpen> {
        let Some(list) = self.lists.get(number as usize) else { return Err(LeftOpen) };
        let Stands::InForce(sequence) = list.timeline.stands(asked.at, asked.known_on) else {
            return Ok((Outcome::Unknown, Some(UnknownReason::NoList)));
        };
        let standing = Standing { list, sequence, terms: list.terms(sequence).ok_or(LeftOpen)? };
        let to = self.destination(asked);
        let circumstances = Circumstances { stated: asked.stated, to, category: *category, people };
        // There is no other list to go before it.
        let taken = self.takes_alone(&standing, &circumstances)?;
        let (mut outcome, mut reason) = (Outcome::Permitted, None);
        if taken.binds {
            outcome = self.walk_list(&standing, &circumstances, &mut reason)?;
        }
        if !taken.speaks {
            outcome = outcome.max(Outcome::Unknown);
            reason = Some(reason.map_or(UnknownReason::OutsideScope, |it| UnknownReason::OutsideScope.min(it)));
        }
        Ok((outcome, reason.filter(|_| outcome == Outcome::Unknown)))
    }

    fn walk_several(&self, asked: &Ask<'_>) -> Result<(Outcome, Option<UnknownReason>), LeftOpen> {
        let reached = self.reached(asked);
        let to = self.destination(asked);
        let (mut outcome, mut reason) = (Outcome::Permitted, None);
        for AskedItem { category, people } in asked.items {
            let circumstances = Circumstances { stated: asked.stated, to, category: *category, people };
            let mut speaks = false;
            for standing in &reached.standing {
                let taken = self.takes(&reached, standing, &circumstances)?;
                speaks |= taken.speaks;
                if !taken.binds {
                    continue;
                }
                // Of one item there is nothing to combine with another.
                if standing.terms.combines && 1 < asked.items.len() {
                    return Err(LeftOpen);
                }
                outcome = outcome.max(self.walk_list(standing, &circumstances, &mut reason)?);
            }
            if !speaks {
                let silent = reached.silence();
                reason = Some(reason.map_or(silent, |it| silent.min(it)));
                outcome = outcome.max(Outcome::Unknown);
            }
        }
        Ok((outcome, reason.filter(|_| outcome == Outcome::Unknown)))
    }

    #[inline]
    fn walk_list(
        &self,
        standing: &Standing<'_>,
        asked: &Circumstances<'_>,
        reason: &mut Option<UnknownReason>,
    ) -> Result<Outcome, LeftOpen> {
        let mut outcome = Outcome::Permitted;
        self.each_bearing(standing, asked, |_, _, _, bearing| {
            if let Bearing::Applies(it) = bearing {
                outcome = outcome.max(it);
                if it == Outcome::Unknown && reason.is_none() {
                    *reason = Some(UnknownReason::Undetermined);
                }
            }
        })?;
        Ok(outcome)
    }

    /// Looks at each posting that stands and covers an item: its category, its
    /// position, its rule, and what that comes to.
    #[inline]
    pub(super) fn each_bearing<'i>(
        &self,
        standing: &Standing<'i>,
        asked: &Circumstances<'_>,
        mut look: impl FnMut(u32, usize, &'i Rule, Bearing),
    ) -> Result<(), LeftOpen> {
        let list = standing.list;
        let occupied = list.postings.occupied(asked.category);
        let covering = occupied.among(self.words.covering.row(asked.category));
        list.postings.each_alive_of(covering, standing.sequence, |category, position, rule| {
            let rule = list.rule(rule).ok_or(LeftOpen)?;
            match self.parts.bearing(rule, asked) {
                Bearing::Open => Err(LeftOpen),
                bearing @ (Bearing::None | Bearing::Applies(_)) => {
                    look(category, position, rule, bearing);
                    Ok(())
                }
            }
        })?;
        if occupied.touches() { self.touches_nothing(standing, asked) } else { Ok(()) }
    }

    /// What lies further down may be among the data, or not.
    pub(super) fn touches_nothing(&self, standing: &Standing<'_>, asked: &Circumstances<'_>) -> Result<(), LeftOpen> {
        let touching = self.words.touching.row(asked.category);
        if touching.iter().any(|it| standing.list.postings.has_alive(*it, standing.sequence)) {
            return Err(LeftOpen);
        }
        Ok(())
    }

    #[inline]
    fn holds(&self, terms: &Terms, asked: &Circumstances<'_>) -> Certain {
        self.parts.conditions.hold(terms.when, asked.stated, asked.people)
    }
}

#[inline]
fn decided(certain: Certain) -> Result<bool, LeftOpen> {
    match certain {
        Certain::No => Ok(false),
        Certain::Open => Err(LeftOpen),
        Certain::Yes => Ok(true),
    }
}
