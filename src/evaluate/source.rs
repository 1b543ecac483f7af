//! What an evaluation reads.
//!
//! The reference reads a state as it stands: all lists, all revisions, all
//! entries. An index knows where to look, and must come to the same.

use crate::evaluate::applies::Assumed;
use crate::evaluate::reference::{Findings, find};
use crate::model::{At, CategoryId, Entry, InForce, Issued, Jurisdiction, KnownOn, Question, State};

/// A state, or an index made from it.
pub(crate) trait Source<'s>: Copy {
    /// Returns the state.
    fn state(self) -> &'s State;

    /// Returns how each list stands to which a place is subject on a date, by
    /// id.
    fn standing(self, place: &Jurisdiction, at: At, known_on: Option<KnownOn>) -> Vec<InForce<'s>>;

    /// Returns the entries of a revision that may bind a category, by id, and
    /// perhaps others that do not.
    fn entries(self, issued: &'s Issued, category: &CategoryId) -> Vec<&'s Entry>;

    /// Asks once.
    fn ask(self, question: &Question, assumed: &Assumed) -> Findings<'s> {
        find(self, question, assumed)
    }
}

impl<'s> Source<'s> for &'s State {
    fn state(self) -> &'s State {
        self
    }

    fn standing(self, place: &Jurisdiction, at: At, known_on: Option<KnownOn>) -> Vec<InForce<'s>> {
        self.lists_over(place, at).map(|it| it.in_force(at, known_on)).collect()
    }

    fn entries(self, issued: &'s Issued, _: &CategoryId) -> Vec<&'s Entry> {
        issued.revision.entries.values().map(AsRef::as_ref).collect()
    }
}
