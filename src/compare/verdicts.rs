//! Which questions two revisions of a list answer differently.
//!
//! The question space of a list is finite once it is cut where a condition
//! begins or ends: categories that meet the same entries, places that meet the
//! same destinations, facts in cells, and of mechanisms and exemptions what
//! [`rule`](super::rule) says. Nothing is sampled.
//!
//! A question here states everything, and goes from the list's own place; it
//! is answered by the list alone, whose silence is unknown. Places stand where
//! they stood on the day of the comparison. What a question leaves open gets
//! the severest outcome of its cases, so that none gets severer unless a
//! stated one does.

use std::collections::BTreeSet;

use crate::compare::axes::Cell;
use crate::compare::cells::Shift;
use crate::compare::class::Class;
use crate::compare::comparison::regions;
use crate::compare::witness::Witness;
use crate::model::{
    At, Categories, CategoryId, ChoiceId, Count, FactId, Jurisdiction, ListId, Places, Revision, State, Vocabulary,
    WindowId,
};

/// The words in which revisions are compared, and the day on which places
/// stand where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The catalog of categories.
    pub categories: &'a Categories,
    /// The facts.
    pub vocabulary: &'a Vocabulary,
    /// The places.
    pub places: &'a Places,
    /// The day.
    pub at: At,
}

impl<'a> Ground<'a> {
    /// Returns the words of a state.
    pub fn of(state: &'a State, at: At) -> Ground<'a> {
        Ground { categories: &state.categories, vocabulary: &state.vocabulary, places: &state.places, at }
    }
}

/// What became of the answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdicts {
    /// What the later revision is by semantic versioning.
    pub class: Class,
    /// Where answers changed: disjoint, the tighter first.
    pub regions: Vec<Region>,
    /// Lists that bind again, since they are displaced no more.
    pub no_longer_displaced: BTreeSet<ListId>,
    /// Lists that are displaced from now on.
    pub newly_displaced: BTreeSet<ListId>,
}

/// Questions whose answers changed in one way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region {
    /// In which way.
    pub shift: Shift,
    /// Of each item the categories. There is more than one item only where
    /// the change takes several together.
    pub items: Vec<BTreeSet<CategoryId>>,
    /// The destinations.
    pub to: BTreeSet<Jurisdiction>,
    /// What the facts must be.
    pub when: Vec<Restriction>,
    /// Questions in it: one that is answered more severely, one that is
    /// answered more mildly, or both. Whoever claims what a witness claims gets
    /// its two outcomes, with the same requirements, all over the region.
    pub witnesses: Vec<Witness>,
}

/// The values of a fact that belong to a region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Restriction {
    /// The item whose people are counted, from 0.
    pub item: usize,
    /// The fact.
    pub fact: FactId,
    /// Over which window it is counted.
    pub window: Option<WindowId>,
    /// The values.
    pub values: Values,
}

/// Some of the values of a fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Values {
    /// It is the case, or not.
    Flag(bool),
    /// It is one of these.
    Choices(BTreeSet<ChoiceId>),
    /// It is in one of these ranges: at least, and below.
    Counts(Vec<(Count, Option<Count>)>),
}

/// Compares the answers of two revisions of a list. The first publication is
/// compared with silence.
pub fn verdicts(ground: Ground<'_>, before: Option<&Revision>, after: &Revision) -> Verdicts {
    if before.is_some_and(|it| std::ptr::eq(it, after)) {
        return Verdicts::of(Vec::new(), before, after);
    }
    Verdicts::of(regions(ground, before, after), before, after)
}

impl Verdicts {
    fn of(regions: Vec<Region>, before: Option<&Revision>, after: &Revision) -> Verdicts {
        let none = BTreeSet::new();
        let (was, is) = (before.map_or(&none, |it| &it.displaces), &after.displaces);
        // A list that binds again can only add to what is asked, and one that
        // is displaced can only take away from it.
        let (no_longer_displaced, newly_displaced): (BTreeSet<_>, BTreeSet<_>) = (was - is, is - was);
        let is_tighter = regions.iter().any(|it| it.shift != Shift::Looser) || !no_longer_displaced.is_empty();
        let is_looser = !regions.is_empty() || (before.is_some() && !newly_displaced.is_empty());
        let class = match (is_tighter, is_looser) {
            (true, _) => Class::Major,
            (false, true) => Class::Minor,
            (false, false) => Class::Patch,
        };
        Verdicts { class, regions, no_longer_displaced, newly_displaced }
    }
}

impl Values {
    /// Returns the values of some cells of one fact; `None` of no cells.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell>) -> Option<Values> {
        let mut values: Option<Values> = None;
        for cell in cells {
            match (&mut values, cell) {
                (None, Cell::Flag(flag)) => values = Some(Values::Flag(*flag)),
                (None, Cell::Choice(choice)) => values = Some(Values::Choices(BTreeSet::from([choice.clone()]))),
                (None, Cell::Count(from, below)) => values = Some(Values::Counts(vec![(*from, *below)])),
                (Some(Values::Choices(choices)), Cell::Choice(choice)) => drop(choices.insert(choice.clone())),
                (Some(Values::Counts(ranges)), Cell::Count(from, below)) => match ranges.last_mut() {
                    Some(last) if last.1 == Some(*from) => last.1 = *below,
                    Some(_) | None => ranges.push((*from, *below)),
                },
                // An axis has cells of one kind, and of a flag not both.
                (Some(_), Cell::Flag(_) | Cell::Choice(_) | Cell::Count(..)) => {}
            }
        }
        values
    }
}
