//! Which revision of a list is in force, by both axes of time.

use crate::evaluate::compiled::day::Day;
use crate::evaluate::compiled::rows::number;
use crate::model::{InForce, List, Revision};

/// When the revisions of a list were published, when they bind, and when they
/// run out.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    /// When each was published, which never goes back, and when it binds.
    days: Vec<Days>,
    /// The first day on which each no longer binds. Empty where none ends.
    ends: Vec<Day>,
    /// The day on which each says that it runs out. Empty where none does.
    expires: Vec<Day>,
    /// Every day on which the list may begin to stand otherwise, where it is
    /// not steady.
    changes: Vec<Day>,
    /// Where they did not take effect in the order of their publication, or
    /// one was withdrawn: all that ever bind, by the day from which they do.
    disorder: Option<Disorder>,
}

/// The two days of a revision.
#[derive(Clone, Copy, Debug)]
struct Days {
    published: Day,
    /// After all days while it is dormant.
    effective: Day,
}

#[derive(Clone, Debug)]
struct Disorder {
    effective: Vec<Day>,
    sequences: Vec<u32>,
    /// By which sequence each was withdrawn; [`NEVER`] if it was not.
    withdrawn_by: Vec<u32>,
    /// For each block, its lowest sequence: where that is not known yet,
    /// nothing in the block is.
    lowest: Vec<u32>,
    /// As known now: from which day on which one is the last to have taken
    /// effect.
    now: Vec<(Day, u32)>,
}

const NEVER: u32 = u32::MAX;
const BLOCK: usize = 32;

/// How a list stands: the sequence of the last revision that took effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stands {
    NotYet,
    InForce(u32),
    Lapsed(u32),
}

impl Timeline {
    pub(super) fn of(list: &List) -> Timeline {
        let revisions = || list.revisions.iter().map(|it| &it.revision);
        let effective: Vec<_> = revisions().map(|it| it.effective.map_or(Day::AFTER_ALL, |day| day.0.into())).collect();
        let ends: Vec<_> = revisions()
            .map(|it| if it.repeals { Day::BEFORE_ALL } else { it.expires.map_or(Day::AFTER_ALL, Day::from) })
            .collect();
        let expires: Vec<_> = revisions().map(|it| it.expires.map_or(Day::AFTER_ALL, Day::from)).collect();
        let has_ends = ends.iter().any(|it| *it != Day::AFTER_ALL);
        let withdrawn_by = withdrawn_by(list);
        let is_ordered = effective.is_sorted() && !effective.contains(&Day::AFTER_ALL);
        let is_ordered = is_ordered && withdrawn_by.iter().all(|it| *it == NEVER);
        let is_steady = is_ordered && !has_ends;
        let days =
            |(it, effective): (&Revision, &Day)| Days { published: it.published.0.into(), effective: *effective };
        Timeline {
            days: revisions().zip(&effective).map(days).collect(),
            changes: if is_steady { Vec::new() } else { changes(&effective, &expires) },
            ends: if has_ends { ends } else { Vec::new() },
            expires: if has_ends { expires } else { Vec::new() },
            disorder: (!is_ordered).then(|| Disorder::of(&effective, &withdrawn_by)),
        }
    }

    /// Returns how the list stands on a day, from what was published by
    /// another, or from all.
    #[inline]
    pub(super) fn stands(&self, at: Day, known_on: Option<Day>) -> Stands {
        let last = match &self.disorder {
            // Both axes go forwards together, and so one search is for both.
            None => {
                let known = known_on.unwrap_or(Day::AFTER_ALL);
                let passed = self.days.partition_point(|it| it.effective <= at && it.published <= known);
                passed.checked_sub(1).map(number)
            }
            Some(disorder) => self.last_in_disorder(disorder, at, known_on),
        };
        match last {
            None => Stands::NotYet,
            Some(sequence) if self.ends.is_empty() || at < self.end(sequence) => Stands::InForce(sequence),
            Some(sequence) => Stands::Lapsed(sequence),
        }
    }

    fn last_in_disorder(&self, disorder: &Disorder, at: Day, known_on: Option<Day>) -> Option<u32> {
        match known_on {
            None => disorder.last_now(at),
            Some(day) => disorder.last(at, number(self.days.partition_point(|it| it.published <= day))),
        }
    }

    pub(super) fn end(&self, sequence: u32) -> Day {
        self.ends.get(sequence as usize).copied().unwrap_or(Day::AFTER_ALL)
    }

    /// Returns whether the list stands at a later sequence on each later day:
    /// nothing runs out, and nothing binds out of turn.
    pub(super) fn is_steady(&self) -> bool {
        self.disorder.is_none() && self.ends.is_empty()
    }

    /// Returns when a revision was published and from when it binds.
    pub(super) fn days(&self, sequence: u32) -> Option<(Day, Day)> {
        self.days.get(sequence as usize).map(|it| (it.published, it.effective))
    }

    /// Returns every day on which the list may begin to stand otherwise, where
    /// it is not steady.
    pub(super) fn changes(&self) -> &[Day] {
        &self.changes
    }

    pub(super) fn bytes(&self) -> usize {
        let disorder = |it: &Disorder| it.sequences.len() * 12 + it.lowest.len() * 4 + it.now.len() * 8;
        (2 * self.days.len() + self.ends.len() + self.expires.len() + self.changes.len()) * 4
            + self.disorder.as_ref().map_or(0, disorder)
    }

    /// Returns the revisions that begin or run out on a day, as they are
    /// known: the sequence, and whether it begins. Both may be true of one.
    pub(super) fn happening(&self, day: Day, known_on: Option<Day>) -> Vec<(u32, bool)> {
        let mut happening = Vec::new();
        for (position, Days { published, effective }) in self.days.iter().enumerate() {
            let expires = self.expires.get(position) == Some(&day);
            if *effective != day && !expires || known_on.is_some_and(|it| it < *published) {
                continue;
            }
            // One that is not in force on its own first day never is.
            let begins = |sequence| match self.stands(day, known_on) {
                Stands::NotYet => false,
                Stands::InForce(it) | Stands::Lapsed(it) => it == sequence,
            };
            let sequence = number(position);
            happening.extend((*effective == day && begins(sequence)).then_some((sequence, true)));
            happening.extend(expires.then_some((sequence, false)));
        }
        happening
    }

    /// Returns the same as the model has it.
    pub(super) fn in_force<'l>(&self, list: &'l List, at: Day, known_on: Option<Day>) -> InForce<'l> {
        let issued = |sequence: u32| list.revisions.get(sequence as usize);
        match self.stands(at, known_on) {
            Stands::NotYet => InForce::NotYet,
            Stands::InForce(sequence) => issued(sequence).map_or(InForce::NotYet, InForce::Yes),
            Stands::Lapsed(sequence) => issued(sequence).map_or(InForce::NotYet, InForce::Lapsed),
        }
    }
}

impl Disorder {
    fn of(effective: &[Day], withdrawn_by: &[u32]) -> Disorder {
        let binding = effective.iter().copied().zip(0..).filter(|(day, _)| *day != Day::AFTER_ALL);
        let mut binding: Vec<(Day, u32)> = binding.collect();
        binding.sort_unstable();
        let sequences: Vec<_> = binding.iter().map(|(_, it)| *it).collect();
        Disorder {
            now: now(&binding, withdrawn_by),
            effective: binding.iter().map(|(day, _)| *day).collect(),
            withdrawn_by: sequences.iter().filter_map(|it| withdrawn_by.get(*it as usize)).copied().collect(),
            lowest: sequences.chunks(BLOCK).filter_map(|it| it.iter().min()).copied().collect(),
            sequences,
        }
    }

    /// Returns the last to bind on a day, of all.
    fn last_now(&self, at: Day) -> Option<u32> {
        let position = self.now.partition_point(|(day, _)| *day <= at);
        self.now.get(position.checked_sub(1)?).map(|(_, sequence)| *sequence)
    }

    /// Returns the last to bind on a day, of the first `known` ones.
    fn last(&self, at: Day, known: u32) -> Option<u32> {
        let mut position = self.effective.partition_point(|it| *it <= at);
        while let Some(before) = position.checked_sub(1) {
            let block = before / BLOCK;
            if self.lowest.get(block).is_some_and(|it| known <= *it) {
                position = block * BLOCK;
                continue;
            }
            let (sequence, withdrawn_by) = (*self.sequences.get(before)?, *self.withdrawn_by.get(before)?);
            if sequence < known && known <= withdrawn_by {
                return Some(sequence);
            }
            position = before;
        }
        None
    }
}

fn changes(effective: &[Day], expires: &[Day]) -> Vec<Day> {
    let mut days: Vec<_> = effective.iter().chain(expires).copied().filter(|it| *it != Day::AFTER_ALL).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// For each revision, which one withdrew it first.
fn withdrawn_by(list: &List) -> Vec<u32> {
    let mut withdrawn_by = vec![NEVER; list.revisions.len()];
    for (later, by) in list.revisions.iter().zip(0..).filter(|(it, _)| !it.revision.withdraws.is_empty()) {
        for (earlier, it) in list.revisions.iter().zip(withdrawn_by.iter_mut()).filter(|(_, it)| **it == NEVER) {
            if later.revision.withdraws.contains(&earlier.revision.version) {
                *it = by;
            }
        }
    }
    withdrawn_by
}

fn now(binding: &[(Day, u32)], withdrawn_by: &[u32]) -> Vec<(Day, u32)> {
    let mut now: Vec<(Day, u32)> = Vec::new();
    for (day, sequence) in binding {
        if withdrawn_by.get(*sequence as usize) != Some(&NEVER) {
            continue;
        }
        // Of several on one day the last published counts.
        match now.last_mut() {
            Some(last) if last.0 == *day => last.1 = *sequence,
            Some(_) | None => now.push((*day, *sequence)),
        }
    }
    now
}
