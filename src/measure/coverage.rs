//! What a registry holds of a jurisdiction's law, and what it is known to lack.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{
    At, Confidence, EntryId, InForce, Issued, Jurisdiction, List, Place, PlaceKind, Standing, State, Text,
};

/// The lists of one jurisdiction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Coverage<'a> {
    /// The jurisdiction.
    pub place: Jurisdiction,
    /// Its own lists, by id; never those of its parents or blocs.
    pub lists: Vec<Held<'a>>,
}

/// A list as it is held.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Held<'a> {
    /// The list.
    pub list: &'a List,
    /// How it stands on the day.
    pub in_force: InForce<'a>,
    /// What is published and still to come, or waits for its day to be named.
    pub ahead: Vec<&'a Issued>,
    /// The entries that any of its revisions has, by id.
    pub entries: BTreeSet<&'a EntryId>,
}

impl<'a> Held<'a> {
    fn of(list: &'a List, at: At) -> Held<'a> {
        let is_ahead = |it: &&Issued| matches!(list.standing(it, at), Standing::Scheduled | Standing::Dormant);
        Held {
            list,
            in_force: list.in_force(at, None),
            ahead: list.revisions.iter().filter(is_ahead).collect(),
            entries: list.revisions.iter().flat_map(|it| it.revision.entries.keys()).collect(),
        }
    }

    /// Returns the revision that speaks for the list: the one in force, or,
    /// where none is, the last that was published.
    pub fn current(&self) -> Option<&'a Issued> {
        match self.in_force {
            InForce::Yes(issued) | InForce::Lapsed(issued) => Some(issued),
            InForce::NotYet => self.list.head(),
        }
    }

    /// Returns the first day on which any of its revisions binds or bound.
    pub fn since(&self) -> Option<Date> {
        self.list.revisions.iter().filter_map(|it| it.revision.effective).map(|it| it.0).min()
    }
}

impl Coverage<'_> {
    /// Returns how many revisions the lists have.
    pub fn revisions(&self) -> usize {
        self.lists.iter().map(|it| it.list.revisions.len()).sum()
    }

    /// Returns how many entries the lists have or had.
    pub fn entries(&self) -> usize {
        self.lists.iter().map(|it| it.entries.len()).sum()
    }

    /// Returns the first day on which any of the lists binds or bound.
    pub fn since(&self) -> Option<Date> {
        self.lists.iter().filter_map(Held::since).min()
    }

    /// Returns the day since which no source of what holds today was compared
    /// again: the earliest of the lists' last comparisons.
    pub fn oldest_check(&self) -> Option<Date> {
        self.currents().map(|it| it.revision.source.checked).min()
    }

    /// Returns how far the weakest of the lists can be relied on.
    pub fn confidence(&self) -> Option<Confidence> {
        self.currents().map(|it| it.revision.source.confidence).min()
    }

    /// Returns what is known to be missing beside the lists, each with the
    /// first list that says so.
    pub fn gaps(&self) -> Vec<(&List, &Text)> {
        let mut gaps: Vec<(&List, &Text)> = Vec::new();
        for held in &self.lists {
            for text in held.current().into_iter().flat_map(|it| it.revision.gaps()) {
                if gaps.iter().all(|(_, it)| *it != text) {
                    gaps.push((held.list, text));
                }
            }
        }
        gaps
    }

    fn currents(&self) -> impl Iterator<Item = &Issued> {
        self.lists.iter().filter_map(Held::current)
    }
}

/// What some jurisdictions come to together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Total {
    /// How many jurisdictions.
    pub jurisdictions: usize,
    /// How many lists.
    pub lists: usize,
    /// How many revisions of them.
    pub revisions: usize,
    /// How many entries these have or had.
    pub entries: usize,
}

impl Total {
    /// Returns what some jurisdictions come to together.
    pub fn of(covered: &[Coverage<'_>]) -> Total {
        Total {
            jurisdictions: covered.len(),
            lists: covered.iter().map(|it| it.lists.len()).sum(),
            revisions: covered.iter().map(Coverage::revisions).sum(),
            entries: covered.iter().map(Coverage::entries).sum(),
        }
    }
}

/// Returns the countries that no list speaks for: neither one of their own nor
/// one of a bloc that they belong to on the day.
pub fn without_a_list<'s>(covered: &[Coverage<'_>], at: At, state: &'s State) -> Vec<&'s Place> {
    let is_held = |it: &Place| {
        let chain = state.places.chain(&it.code, at);
        covered.iter().any(|it| chain.contains(&it.place))
    };
    state.places.iter().filter(|it| it.kind == PlaceKind::Country && !is_held(it)).collect()
}

/// Returns what a registry holds, by jurisdiction: of those that have a list.
pub fn coverage(state: &State, at: At) -> Vec<Coverage<'_>> {
    let mut by_place: BTreeMap<Jurisdiction, Vec<Held<'_>>> = BTreeMap::new();
    for list in state.lists.values() {
        by_place.entry(list.id.jurisdiction()).or_default().push(Held::of(list, at));
    }
    by_place.into_iter().map(|(place, lists)| Coverage { place, lists }).collect()
}
