//! Everything that a registry holds, as one value.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::category::Categories;
use crate::model::date::At;
use crate::model::fact::Vocabulary;
use crate::model::hash::Hash;
use crate::model::id::{Jurisdiction, ListId};
use crate::model::list::List;
use crate::model::place::{Inside, Places};

/// Lists, by id. Shared between states that agree on them.
pub type Lists = BTreeMap<ListId, Arc<List>>;

/// What an answer is computed from, and nothing else: the state of a registry
/// at one head.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct State {
    /// Which registry, and how far.
    pub head: Head,
    /// The latest release of the category catalog.
    pub categories: Categories,
    /// The latest release of the fact vocabulary.
    pub vocabulary: Vocabulary,
    /// The latest release of the places.
    pub places: Places,
    /// The lists, by id.
    pub lists: Lists,
}

impl State {
    /// Returns the lists of a place, of its parents, and of the blocs that any
    /// of them belongs to on a date. Of a bloc, that is decided by its members.
    pub fn lists_over(&self, place: &Jurisdiction, at: At) -> impl Iterator<Item = &Arc<List>> {
        let whereabouts = self.places.whereabouts(place, at);
        let is_inside = move |it: &&Arc<List>| whereabouts.inside(|place| it.id.is_of(place)) == Inside::All;
        self.lists.values().filter(is_inside)
    }
}

/// Which registry, and how far.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Head {
    /// The name that the registry was given when it was made.
    pub origin: String,
    /// How many records its journal has.
    pub size: u64,
    /// The hash of the last record.
    pub hash: Hash,
}
