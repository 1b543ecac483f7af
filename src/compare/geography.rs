//! The places that data may go to, and which destinations meet them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::place::{Inside, Whereabouts};
use crate::model::{At, Destinations, Jurisdiction, Member, Place, Places, Revision};

/// Whether a destination is meant, for a place that may lie partly in it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Meets {
    No,
    /// Of a bloc some members, so that the bloc leaves it open.
    Open,
    Yes,
}

/// All places on a day, and the sets of destinations that were looked up.
#[derive(Debug)]
pub(super) struct Geography<'a> {
    places: Vec<&'a Place>,
    whereabouts: Vec<Whereabouts>,
    numbers: BTreeMap<Named, usize>,
    /// For each set of destinations, how each place meets it.
    meets: Vec<Vec<Meets>>,
}

/// A set of destinations with its groups spelled out.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Named {
    Only(BTreeSet<Jurisdiction>),
    Except(BTreeSet<Jurisdiction>),
}

impl<'a> Geography<'a> {
    pub(super) fn new(places: &'a Places, at: At) -> Geography<'a> {
        let whereabouts = places.iter().map(|it| places.whereabouts(&it.code, at)).collect();
        Geography { places: places.iter().collect(), whereabouts, numbers: BTreeMap::new(), meets: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn place(&self, number: usize) -> Option<&'a Place> {
        self.places.get(number).copied()
    }

    /// Returns the number of the destinations that a revision means.
    pub(super) fn destinations(&mut self, to: &Destinations, revision: &Revision) -> usize {
        let spelled_out = |members: &BTreeSet<Member>| {
            let mut places = BTreeSet::new();
            for member in members {
                match member {
                    Member::Place(code) => drop(places.insert(code.clone())),
                    Member::Group(group) => places.extend(revision.groups.get(group).into_iter().flatten().cloned()),
                }
            }
            places
        };
        match to {
            Destinations::Any => self.number(Named::Except(BTreeSet::new())),
            Destinations::Only(members) => self.number(Named::Only(spelled_out(members))),
            Destinations::Except(members) => self.number(Named::Except(spelled_out(members))),
        }
    }

    /// Returns the number of the places outside a border.
    pub(super) fn outside(&mut self, border: Jurisdiction) -> usize {
        self.number(Named::Except(BTreeSet::from([border])))
    }

    /// Returns whether data that goes to a place goes to these destinations.
    pub(super) fn meets(&self, destinations: usize, place: usize) -> Meets {
        self.meets.get(destinations).and_then(|it| it.get(place)).copied().unwrap_or(Meets::No)
    }

    /// Returns the places that no set of destinations tells apart, together.
    pub(super) fn classes(&self) -> Vec<Vec<usize>> {
        let mut classes: BTreeMap<Vec<Meets>, Vec<usize>> = BTreeMap::new();
        for place in 0..self.places.len() {
            let alike = (0..self.meets.len()).map(|it| self.meets(it, place)).collect();
            classes.entry(alike).or_default().push(place);
        }
        classes.into_values().collect()
    }

    fn number(&mut self, named: Named) -> usize {
        if let Some(number) = self.numbers.get(&named) {
            return *number;
        }
        let (among, inside, outside) = match &named {
            Named::Only(among) => (among, Meets::Yes, Meets::No),
            Named::Except(among) => (among, Meets::No, Meets::Yes),
        };
        let meets = self.whereabouts.iter().map(|it| match it.inside(|place| among.contains(place)) {
            Inside::All => inside,
            Inside::Some => Meets::Open,
            Inside::None => outside,
        });
        self.meets.push(meets.collect());
        self.numbers.insert(named, self.meets.len() - 1);
        self.meets.len() - 1
    }
}
