//! The measures of several lists together.

use crate::measure::scorecard::{Breadth, Destinations, Measures, Scorecard, Texts};

/// The measures of the lists of a jurisdiction: counts are added up, and what
/// several lists bind or name counts once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// How many lists there are.
    pub lists: usize,
    /// Their measures, added up.
    pub measures: Measures,
    /// The longest time since a source was compared.
    pub checked_days_ago: Option<i32>,
    /// How many revisions are still to come.
    pub ahead: usize,
    /// How many doubts are written down.
    pub doubts: usize,
}

impl Summary {
    /// Puts measures together.
    pub fn of<'a>(scorecards: impl IntoIterator<Item = &'a Scorecard<'a>>) -> Summary {
        scorecards.into_iter().fold(Summary::default(), Summary::and)
    }

    fn and(self, card: &Scorecard<'_>) -> Summary {
        Summary {
            lists: self.lists + 1,
            measures: self.measures.and(&card.measures),
            checked_days_ago: self.checked_days_ago.max(card.checked_days_ago),
            ahead: self.ahead + card.ahead.len(),
            doubts: self.doubts + card.revision().doubts.len(),
        }
    }
}

impl Measures {
    fn and(self, other: &Measures) -> Measures {
        Measures {
            notices: self.notices.days.iter().chain(&other.notices.days).copied().collect(),
            gates: self.gates + other.gates,
            texts: Texts {
                objective: self.texts.objective + other.texts.objective,
                citation: self.texts.citation + other.texts.citation,
                translation: self.texts.translation + other.texts.translation,
            },
            bounded: self.bounded + other.bounded,
            routes: self.routes + other.routes,
            breadth: Breadth {
                catalog: other.breadth.catalog,
                bound: &self.breadth.bound | &other.breadth.bound,
                bare: &self.breadth.bare | &other.breadth.bare,
            },
            destinations: Destinations {
                only: self.destinations.only + other.destinations.only,
                except: self.destinations.except + other.destinations.except,
                places: &self.destinations.places | &other.destinations.places,
                grounded: self.destinations.grounded + other.destinations.grounded,
            },
        }
    }
}
