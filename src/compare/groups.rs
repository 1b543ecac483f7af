//! Flows that no revision in question tells apart, together: so that a
//! million flows are asked about as often as there are kinds of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::compare::atlas::Atlas;
use crate::compare::excerpt::Stand;
use crate::compare::lens::{Lens, Look};
use crate::model::{At, Flow, InForce, Jurisdiction, ListId, Lists, State};

/// A state that is asked on some days: from the first to the last, both
/// included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'s> {
    pub(super) state: &'s State,
    pub(super) first: At,
    pub(super) last: At,
}

/// Some flows, grouped.
pub(super) struct Groups<'s> {
    /// For each flow where it was put.
    pub(super) of: Vec<Put>,
    /// For each group the first of its flows, and its lens.
    first: Vec<(usize, usize)>,
    room: Room<'s>,
}

/// Where a flow was put.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Put {
    /// Nowhere: no list speaks of what leaves its place.
    Elsewhere,
    /// With those that nothing may bind that changes.
    Same,
    /// In this group.
    In(usize),
}

/// Groups flows by what any revision that is in force within some spans can
/// tell apart. The states of the spans have the same words.
pub(super) fn group<'s>(spans: &[Span<'s>], flows: &[Flow]) -> Option<Groups<'s>> {
    let mut groups = Groups { of: Vec::with_capacity(flows.len()), first: Vec::new(), room: Room::new(spans)? };
    let mut known: HashMap<(usize, Look), usize> = HashMap::new();
    for (index, flow) in flows.iter().enumerate() {
        let put = match groups.room.look(flow) {
            None => Put::Elsewhere,
            Some((_, None)) => Put::Same,
            Some((lens, Some(look))) => Put::In(*known.entry((lens, look)).or_insert_with(|| {
                groups.first.push((index, lens));
                groups.first.len() - 1
            })),
        };
        groups.of.push(put);
    }
    Some(groups)
}

impl Groups<'_> {
    /// Returns for each group the first of its flows, and for each span what
    /// of its lists may bind it.
    pub(super) fn asked<'f>(&self, flows: &'f [Flow]) -> impl Iterator<Item = (&'f Flow, Vec<Lists>)> {
        self.first.iter().filter_map(|(index, lens)| {
            let (flow, lens) = (flows.get(*index)?, self.room.lenses.get(*lens)?);
            Some((flow, (0..self.room.spans.len()).map(|it| lens.excerpt(flow, it)).collect()))
        })
    }
}

/// The lenses: one for all places that are subject to the same lists.
struct Room<'s> {
    spans: Vec<Span<'s>>,
    lists: Vec<(&'s ListId, Jurisdiction)>,
    atlas: Atlas<'s>,
    lenses: Vec<Lens<'s>>,
    by_lists: BTreeMap<Vec<(usize, usize)>, usize>,
    /// For each place its lens; `None` where no list speaks of it.
    by_place: HashMap<Jurisdiction, Option<usize>>,
}

impl<'s> Room<'s> {
    fn new(spans: &[Span<'s>]) -> Option<Room<'s>> {
        let first = spans.iter().map(|it| it.first).min()?;
        let last = spans.iter().map(|it| it.last).max()?;
        let ids: BTreeSet<_> = spans.iter().flat_map(|it| it.state.lists.keys()).collect();
        Some(Room {
            spans: spans.to_vec(),
            lists: ids.into_iter().map(|it| (it, it.jurisdiction())).collect(),
            atlas: Atlas::new(spans.first()?.state, first, last),
            lenses: Vec::new(),
            by_lists: BTreeMap::new(),
            by_place: HashMap::new(),
        })
    }

    /// Returns the number of a flow's lens, and what the flow looks like
    /// through it.
    fn look(&mut self, flow: &Flow) -> Option<(usize, Option<Look>)> {
        let number = match self.by_place.get(&flow.from) {
            Some(known) => *known,
            None => {
                let found = self.grind(&flow.from);
                self.by_place.insert(flow.from.clone(), found);
                found
            }
        }?;
        let look = self.lenses.get_mut(number)?.look(flow, &self.atlas);
        Some((number, look))
    }

    fn grind(&mut self, from: &Jurisdiction) -> Option<usize> {
        let reached = self.atlas.in_reach(from, &self.lists);
        if reached.is_empty() {
            return None;
        }
        if let Some(known) = self.by_lists.get(&reached) {
            return Some(*known);
        }
        let on = |day: usize| reached.iter().filter(move |(it, _)| *it == day).map(|(_, list)| list);
        let is_steady = (0..self.atlas.days()).all(|day| on(day).eq(on(0)));
        let ids: BTreeSet<_> = reached.iter().filter_map(|(_, it)| self.lists.get(*it)).map(|(id, _)| *id).collect();
        let line = |id: &ListId| {
            let of_span = |(number, it): (usize, &Span<'s>)| stands(number, it, id);
            self.spans.iter().enumerate().flat_map(of_span).collect::<Vec<_>>()
        };
        let lists: Vec<_> = ids.into_iter().map(line).collect();
        self.lenses.push(Lens::new(&lists, is_steady, &mut self.atlas));
        let number = self.lenses.len() - 1;
        self.by_lists.insert(reached, number);
        Some(number)
    }
}

/// Returns how a list stands in a span on one day after the other.
fn stands<'s>(number: usize, span: &Span<'s>, id: &ListId) -> Vec<Stand<'s>> {
    let Some(list) = span.state.lists.get(id) else {
        return vec![Stand { span: number, in_force: InForce::NotYet }];
    };
    let days = list.revisions.iter().flat_map(|it| [it.revision.effective.map(|it| it.0), it.revision.expires]);
    let days = days.flatten().filter(|it| span.first.0 < *it && *it <= span.last.0).chain([span.first.0]);
    let days: BTreeSet<Date> = days.collect();
    let mut stands: Vec<_> = days.into_iter().map(|it| list.in_force(At(it), None)).collect();
    stands.dedup();
    stands.into_iter().map(|in_force| Stand { span: number, in_force }).collect()
}
