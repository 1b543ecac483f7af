//! What a decided question finds, with its reasons.

use std::collections::BTreeSet;

use smallvec::SmallVec;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::Ask;
use crate::evaluate::compiled::rules::{Bearing, Circumstances, Rule};
use crate::evaluate::compiled::walk::{LeftOpen, Standing};
use crate::evaluate::reference::{Findings, Silence};
use crate::model::{Applies, At, CategoryId, Consulted, Effect, Entry, Match, Outcome};

/// An entry that applies.
struct Hit<'i> {
    entry: &'i Entry,
    rule: &'i Rule,
    /// The category of the entry through which it applies.
    category: u32,
    outcome: Outcome,
}

impl Index {
    /// Asks once, with all reasons.
    pub(super) fn findings(&self, asked: &Ask<'_>, at: At) -> Result<Findings<'_>, LeftOpen> {
        let reached = self.reached(asked);
        let to = self.destination(asked);
        let mut findings = Findings::default();
        let mut is_asked: SmallVec<[bool; 4]> = SmallVec::from_elem(false, reached.standing.len());
        for item in asked.items {
            let circumstances =
                Circumstances { stated: asked.stated, to, category: item.category, people: &item.people };
            let mut speaks = false;
            let mut by_list = SmallVec::<[_; 2]>::new();
            for (standing, is_asked) in reached.standing.iter().zip(&mut is_asked) {
                let taken = self.takes(&reached, standing, &circumstances)?;
                speaks |= taken.speaks;
                let may_be_asked = if taken.leaves { taken.binds } else { taken.speaks };
                *is_asked |= may_be_asked && self.scope_meets(standing.terms, item.category);
                if !taken.leaves {
                    continue;
                }
                let mut severest = None;
                if taken.binds {
                    if standing.terms.combines && 1 < asked.items.len() {
                        return Err(LeftOpen);
                    }
                    severest = self.find_in(standing, &circumstances, &mut findings)?;
                }
                if taken.speaks && taken.binds {
                    by_list.push((&standing.list.list.id, severest.unwrap_or(Outcome::Permitted)));
                }
            }
            if let Some(category) = self.words.categories.id(item.category).filter(|_| 1 < by_list.len()) {
                findings.note_conflict(category, &by_list);
            }
            if !speaks {
                findings.silences.push(Silence { reason: reached.silence(), holds: Applies::Yes });
            }
        }
        for (standing, is_asked) in reached.standing.iter().zip(is_asked) {
            self.consult(standing, is_asked, asked, at, &mut findings);
        }
        for (list, sequence) in &reached.lapsed {
            let Some(terms) = list.terms(*sequence) else { continue };
            let Some(issued) = list.list.revisions.get(*sequence as usize) else { continue };
            if asked.items.iter().any(|it| self.scope_meets(terms, it.category)) {
                findings.note_lapse(&issued.revision);
            }
        }
        Ok(findings)
    }

    fn find_in<'i>(
        &'i self,
        standing: &Standing<'i>,
        asked: &Circumstances<'_>,
        findings: &mut Findings<'i>,
    ) -> Result<Option<Outcome>, LeftOpen> {
        let mut hits = SmallVec::<[Hit<'_>; 8]>::new();
        self.each_bearing(standing, asked, |category, position, rule, bearing| {
            let entry = standing.list.postings.entry(position);
            if let (Bearing::Applies(outcome), Some(entry)) = (bearing, entry) {
                hits.push(Hit { entry, rule, category, outcome });
            }
        })?;
        // By entry, and of one that stands at several categories the deepest.
        if 1 < hits.len() {
            let depth = |it: &Hit<'_>| self.words.categories.id(it.category).map_or(0, CategoryId::depth);
            hits.sort_unstable_by(|one, other| {
                let deepest = || (depth(other), other.category).cmp(&(depth(one), one.category));
                one.entry.id.cmp(&other.entry.id).then_with(deepest)
            });
            hits.dedup_by(|one, other| one.entry.id == other.entry.id);
        }
        let severest = hits.iter().map(|it| it.outcome).max();
        for hit in &hits {
            let found = self.matched(standing, asked, hit, &mut findings.relied_on);
            findings.take(found.ok_or(LeftOpen)?);
        }
        Ok(severest)
    }

    fn matched<'i>(
        &'i self,
        standing: &Standing<'i>,
        asked: &Circumstances<'_>,
        hit: &Hit<'i>,
        relied_on: &mut BTreeSet<crate::model::FactId>,
    ) -> Option<Match<'i>> {
        let entry = hit.entry;
        let mut found = Match {
            revision: &standing.list.list.revisions.get(standing.sequence as usize)?.revision,
            entry,
            item: self.words.categories.id(asked.category)?.clone(),
            category: self.words.categories.id(hit.category)?.clone(),
            applies: Applies::Yes,
            requires: Vec::new(),
            satisfied: Applies::No,
            closed: Applies::No,
        };
        if let Effect::Conditional(ways) = &entry.effect {
            for (way, (is_open, is_in_place)) in ways.iter().zip(self.parts.each_way(hit.rule, asked)) {
                if !is_open {
                    continue;
                }
                found.requires.push(way);
                if is_in_place && found.satisfied == Applies::No {
                    relied_on.extend(way.all.iter().cloned());
                    found.satisfied = Applies::Yes;
                }
            }
            if found.requires.is_empty() {
                found.closed = Applies::Yes;
            }
        }
        Some(found)
    }

    fn consult<'i>(
        &'i self,
        standing: &Standing<'i>,
        is_asked: bool,
        asked: &Ask<'_>,
        at: At,
        findings: &mut Findings<'i>,
    ) {
        let Some(issued) = standing.list.list.revisions.get(standing.sequence as usize) else { return };
        let is_matched = findings.matches.iter().any(|it| std::ptr::eq(it.revision, &raw const issued.revision));
        if !is_asked && !is_matched {
            return;
        }
        let is_outside = || self.parts.destinations.has(standing.terms.outside, self.destination(asked));
        let leaves =
            standing.terms.within || asked.to.is_none() || is_outside() != crate::evaluate::compiled::sets::Certain::No;
        findings.consulted.push(Consulted { issued, stays_inside: !leaves });
        if is_matched {
            findings.note_revision(at, &issued.revision);
        }
    }
}
