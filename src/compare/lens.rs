//! What some revisions can tell apart in a flow, and nothing else.
//!
//! First by what goes and where it goes: that decides which entries may bind
//! it at all. Then by the facts on which these hang. Two flows that look the
//! same get the same.

use std::collections::HashMap;

use crate::compare::atlas::{Atlas, Classes, Reading, number};
use crate::compare::excerpt::{Excerpts, Stand};
use crate::compare::scene::{Lines, Scene, Setting};
use crate::compare::sight::{OPEN, Sight, reached, sights};
use crate::evaluate::conditions;
use crate::model::fact::SUBJECTS;
use crate::model::{CategoryId, Effect, FactId, Flow, InForce, Item, Jurisdiction, Lists, Revision};

/// What a flow looks like through a lens.
pub(super) type Look = Vec<u32>;

/// What the revisions of some lists can tell apart.
#[derive(Debug)]
pub(super) struct Lens<'a> {
    /// Whether the lists are in reach on every day.
    is_steady: bool,
    lines: Lines,
    readings: Vec<Reading<'a>>,
    excerpts: Excerpts,
    categories: Classes<CategoryId>,
    places: Classes<Jurisdiction>,
    /// For each fact that occurs, where it stands in a look, and how its
    /// values are told apart.
    facts: HashMap<FactId, Vec<(usize, Sight)>>,
    /// How a look begins in which no fact is stated, without `ordinary` and
    /// with it.
    blank: Look,
    ordinary: Look,
    /// By category and place, as these are told apart.
    scenes: HashMap<(u32, u32), Seen>,
}

/// A scene with its number, and the places in a look of what it hangs on.
#[derive(Debug)]
struct Seen {
    number: u32,
    scene: Scene,
    positions: Vec<usize>,
}

impl<'a> Lens<'a> {
    /// Makes the lens of some lists: of each how it stands on one day after
    /// the other.
    pub(super) fn new(lists: &[Vec<Stand<'a>>], is_steady: bool, atlas: &mut Atlas<'a>) -> Lens<'a> {
        let mut readings: Vec<Reading<'a>> = Vec::new();
        let mut excerpts = Excerpts::default();
        let mut read = |stand: &Stand<'a>| match stand.in_force {
            InForce::NotYet => None,
            InForce::Lapsed(issued) => {
                excerpts.add_end(stand.span, issued);
                None
            }
            InForce::Yes(issued) => {
                readings.push(atlas.read(&issued.revision));
                excerpts.add(stand.span, issued);
                Some(readings.len() - 1)
            }
        };
        let lines = lists.iter().map(|line| line.iter().map(&mut read).collect()).collect();
        let revisions = || readings.iter().map(|it| it.revision);
        let conditions = revisions().flat_map(conditions).filter(|(fact, _)| fact.as_str() != SUBJECTS);
        let sights = sights(conditions, revisions().flat_map(named_claims));
        let (categories, places) = (atlas.categories(&readings), atlas.places(&readings));
        let mut facts: HashMap<FactId, Vec<(usize, Sight)>> = HashMap::new();
        let mut ordinary = Look::new();
        for (fact, sight) in sights {
            let position = ordinary.len();
            ordinary.push(if matches!(sight, Sight::Flag) { Sight::flag(false) } else { OPEN });
            facts.entry(fact).or_default().push((position, sight));
        }
        let blank = vec![OPEN; ordinary.len()];
        Lens {
            is_steady,
            lines,
            readings,
            excerpts,
            categories,
            places,
            facts,
            blank,
            ordinary,
            scenes: HashMap::new(),
        }
    }

    /// Returns what a flow looks like; `None` where nothing that may bind it
    /// changes.
    pub(super) fn look(&mut self, flow: &Flow, atlas: &Atlas<'_>) -> Option<Look> {
        let mut keys = Vec::with_capacity(flow.items.len());
        for item in &flow.items {
            keys.push(self.scene(item, flow.to.as_ref(), atlas));
        }
        let seen: Vec<_> = keys.iter().filter_map(|it| self.scenes.get(it)).collect();
        if self.is_steady && seen.iter().all(|it| it.scene.is_same) {
            return None;
        }
        let all = self.stated(flow);
        // What none of the scenes hangs on is not looked at.
        let mut look = self.blank.clone();
        for position in seen.iter().flat_map(|it| &it.positions) {
            if let (Some(seen), Some(stated)) = (look.get_mut(*position), all.get(*position)) {
                *seen = *stated;
            }
        }
        for (item, seen) in flow.items.iter().zip(&seen) {
            look.push(seen.number);
            for window in &seen.scene.windows {
                let people = item.subjects.as_ref().and_then(|it| it.over(window.as_ref()));
                look.push(people.map_or(OPEN, |it| reached(&seen.scene.people, it)));
            }
        }
        Some(look)
    }

    /// Returns, for a flow that was looked at, what of the lists of a span may
    /// bind it.
    pub(super) fn excerpt(&self, flow: &Flow, span: usize) -> Lists {
        let key = |item: &Item| self.key(item, flow.to.as_ref());
        let scenes = flow.items.iter().filter_map(|it| self.scenes.get(&key(it)));
        let may_bind: Vec<_> = scenes.map(|it| it.scene.may_bind.as_slice()).collect();
        self.excerpts.of(&may_bind, span)
    }

    fn stated(&self, flow: &Flow) -> Look {
        let mut look = if flow.ordinary { self.ordinary.clone() } else { self.blank.clone() };
        for (fact, value) in &flow.facts {
            for (position, sight) in self.facts.get(fact).into_iter().flatten() {
                if let Some(seen) = look.get_mut(*position) {
                    *seen = sight.of(value);
                }
            }
        }
        look
    }

    /// Returns how category and destination of an item look.
    fn key(&self, item: &Item, to: Option<&Jurisdiction>) -> (u32, u32) {
        let class = |it: Option<&(usize, u32)>| it.map_or(OPEN, |(_, class)| *class);
        (class(self.categories.get(&item.category)), to.map_or(OPEN, |it| class(self.places.get(it))))
    }

    /// Sets the scene of an item, and returns its key.
    fn scene(&mut self, item: &Item, to: Option<&Jurisdiction>, atlas: &Atlas<'_>) -> (u32, u32) {
        let key = self.key(item, to);
        if !self.scenes.contains_key(&key) {
            let index = |it: Option<&(usize, u32)>| it.map_or(0, |(index, _)| *index);
            let place = to.map(|it| index(self.places.get(it)));
            let setting = Setting { category: index(self.categories.get(&item.category)), place };
            let scene = Scene::new(setting, &self.lines, &self.readings, atlas);
            let positions = scene.facts.iter().filter_map(|it| self.facts.get(it)).flatten().map(|(it, _)| *it);
            let seen = Seen { number: number(self.scenes.len()), positions: positions.collect(), scene };
            self.scenes.insert(key, seen);
        }
        key
    }
}

/// Returns the mechanisms and exemptions that a revision names.
fn named_claims(revision: &Revision) -> Vec<&FactId> {
    let of_entries = revision.entries.values().flat_map(|entry| {
        let ways = if let Effect::Conditional(ways) = &entry.effect { ways.as_slice() } else { &[] };
        entry.exemptions.iter().chain(ways.iter().flat_map(|it| &it.all))
    });
    of_entries.collect()
}
