//! Categories and places as revisions see them, looked up once.
//!
//! A revision looks at a category only through the categories that it names,
//! and at a destination only through the sets of places that it names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use jiff::civil::Date;

use crate::compare::geography::{Geography, Meets};
use crate::model::place::Inside;
use crate::model::{
    At, Categories, CategoryId, Destinations, Entry, Jurisdiction, ListId, Places, Revision, Scope, State,
};

/// The categories, and the places on every day on which they stand
/// differently.
#[derive(Debug)]
pub(super) struct Atlas<'a> {
    categories: &'a Categories,
    /// How each category relates to one that is named: those are numbered
    /// alike that have the same in common with it, and 0 those that have
    /// nothing.
    relations: BTreeMap<CategoryId, Vec<u32>>,
    places: &'a Places,
    days: Vec<(At, Geography<'a>)>,
}

/// A set of destinations: its number on each day of the atlas.
type Destination = Vec<usize>;

/// A revision, with its destinations looked up.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) revision: &'a Revision,
    /// Where data leaves its border, or everywhere where it binds within too.
    pub(super) outside: Destination,
    pub(super) applies_to: Destination,
    pub(super) entries: Vec<(&'a Arc<Entry>, Destination)>,
}

/// Categories or places, each with its own number and that of all that look
/// the same.
pub(super) type Classes<T> = HashMap<T, (usize, u32)>;

impl<'a> Atlas<'a> {
    /// Opens it from one day to another, both included.
    pub(super) fn new(state: &'a State, first: At, last: At) -> Atlas<'a> {
        let places = &state.places;
        let memberships = places.iter().flat_map(|it| &it.members);
        let days = memberships.flat_map(|it| [Some(it.from), it.until]).flatten();
        let days = days.filter(|it| first.0 < *it && *it <= last.0).chain([first.0]).collect::<BTreeSet<Date>>();
        Atlas {
            categories: &state.categories,
            relations: BTreeMap::new(),
            places,
            days: days.into_iter().map(|it| (At(it), Geography::new(places, At(it)))).collect(),
        }
    }

    /// Returns whether a place meets a destination in one way on every day.
    pub(super) fn meets_always_alike(&self, place: Option<usize>, to: &Destination) -> bool {
        let Some(place) = place else { return true };
        let mut meets = self.days.iter().zip(to).map(|((_, geography), to)| geography.meets(*to, place));
        let first = meets.next();
        meets.all(|it| Some(it) == first)
    }

    /// Returns on how many days places stand differently.
    pub(super) fn days(&self) -> usize {
        self.days.len()
    }

    /// Returns which of some lists speak of what leaves a place, on each day.
    pub(super) fn in_reach(&self, from: &Jurisdiction, lists: &[(&ListId, Jurisdiction)]) -> Vec<(usize, usize)> {
        let mut reached = Vec::new();
        for (day, (at, _)) in self.days.iter().enumerate() {
            let whereabouts = self.places.whereabouts(from, *at);
            let is_inside = |place: &Jurisdiction| whereabouts.inside(|it| it == place) == Inside::All;
            let inside = lists.iter().enumerate().filter(|(_, (_, place))| is_inside(place));
            reached.extend(inside.map(|(list, _)| (day, list)));
        }
        reached
    }

    /// Reads a revision.
    pub(super) fn read(&mut self, revision: &'a Revision) -> Reading<'a> {
        for id in named_categories(revision) {
            if !self.relations.contains_key(id) {
                self.relations.insert(id.clone(), relation(self.categories, id));
            }
        }
        let outside = self.days.iter_mut().map(|(_, it)| {
            if revision.within { it.destinations(&Destinations::Any, revision) } else { it.outside(revision.border()) }
        });
        let outside = outside.collect();
        let mut look_up =
            |to: &Destinations| self.days.iter_mut().map(|(_, it)| it.destinations(to, revision)).collect();
        let applies_to = look_up(&revision.applies_to);
        let entries = revision.entries.values().map(|it| (it, look_up(&it.to)));
        Reading { revision, outside, applies_to, entries: entries.collect() }
    }

    /// Returns whether data of a category may have something in common with
    /// another.
    pub(super) fn touches(&self, category: usize, named: &CategoryId) -> bool {
        self.relations.get(named).and_then(|it| it.get(category)).is_some_and(|it| *it != 0)
    }

    /// Returns whether data that goes to a place may go to a destination.
    pub(super) fn may_meet(&self, place: Option<usize>, to: &Destination) -> bool {
        let Some(place) = place else { return true };
        self.days.iter().zip(to).any(|((_, geography), to)| geography.meets(*to, place) != Meets::No)
    }

    /// Returns whether a place meets one destination as it meets another.
    pub(super) fn meets_alike(&self, place: Option<usize>, one: &Destination, other: &Destination) -> bool {
        let Some(place) = place else { return one == other };
        let mut days = self.days.iter().zip(one.iter().zip(other));
        days.all(|((_, geography), (one, other))| geography.meets(*one, place) == geography.meets(*other, place))
    }

    /// Returns the categories, numbered alike that have the same in common
    /// with everything named.
    pub(super) fn categories(&self, readings: &[Reading<'_>]) -> Classes<CategoryId> {
        let named: BTreeSet<_> = readings.iter().flat_map(|it| named_categories(it.revision)).collect();
        let rows: Vec<_> = named.iter().filter_map(|it| self.relations.get(*it)).collect();
        let look = |category: usize| rows.iter().filter_map(|it| it.get(category)).copied().collect::<Vec<_>>();
        classes(self.categories.iter().enumerate().map(|(index, it)| (it.id.clone(), look(index))))
    }

    /// Returns the places, numbered alike that meet the same destinations on
    /// every day.
    pub(super) fn places(&self, readings: &[Reading<'_>]) -> Classes<Jurisdiction> {
        let of_reading = |it: &'_ Reading<'_>| {
            let entries = it.entries.iter().map(|(_, to)| to);
            entries.chain([&it.outside, &it.applies_to]).cloned().collect::<Vec<_>>()
        };
        let named: BTreeSet<Destination> = readings.iter().flat_map(of_reading).collect();
        let look = |place: usize| {
            let meets = |to: &Destination| {
                let days = self.days.iter().zip(to);
                days.map(|((_, geography), to)| geography.meets(*to, place)).collect::<Vec<_>>()
            };
            named.iter().map(meets).collect::<Vec<_>>()
        };
        classes(self.places.iter().enumerate().map(|(index, it)| (it.code.clone(), look(index))))
    }
}

/// Returns the categories that a revision names.
fn named_categories(revision: &Revision) -> BTreeSet<&CategoryId> {
    let of_entries = revision.entries.values().flat_map(|it| it.categories.iter().chain(&it.except));
    let scope = match &revision.scope {
        Scope::All => None,
        Scope::Only(scope) => Some(scope),
    };
    of_entries.chain(scope.into_iter().flatten()).chain(revision.combine.values().flatten()).collect()
}

/// Returns how each category relates to one: whether it lies in it, and else
/// what the two have in common.
fn relation(categories: &Categories, named: &CategoryId) -> Vec<u32> {
    let mut numbers: BTreeMap<Option<Vec<&CategoryId>>, u32> = BTreeMap::from([(Some(Vec::new()), 0)]);
    let relation = categories.iter().map(|it| {
        let lies_in = categories.covers(named, &it.id);
        let shared = (!lies_in).then(|| categories.shared(&it.id, named));
        let next = number(numbers.len());
        *numbers.entry(shared).or_insert(next)
    });
    relation.collect()
}

/// Numbers what looks the same alike, from 1.
fn classes<T: Eq + Hash, L: Ord>(looks: impl IntoIterator<Item = (T, L)>) -> Classes<T> {
    let mut numbers: BTreeMap<L, u32> = BTreeMap::new();
    let classes = looks.into_iter().enumerate().map(|(index, (it, look))| {
        let next = number(numbers.len() + 1);
        (it, (index, *numbers.entry(look).or_insert(next)))
    });
    classes.collect()
}

/// Returns a number of something that there are few of.
pub(super) fn number(number: usize) -> u32 {
    u32::try_from(number).expect("because there are fewer than 2^32 of anything in a registry")
}
