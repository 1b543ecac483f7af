//! What another number of people would change.

use crate::model::Question;
use crate::registry::{AskError, Registry};
use crate::seek::{Headroom, Range, Segment, headroom, segments, with_people};

impl Registry {
    /// Says what a question gets over a range of people for one of its items:
    /// the parts in which that is the same. Each was asked.
    pub fn what_if(&self, question: &Question, range: &Range) -> Result<Vec<Segment<'_>>, AskError> {
        // What the range replaces counts for nothing.
        let first = with_people(question, range.item, range.from);
        drop(self.ask(&first)?);
        let found = segments(self.index(), question, range);
        for segment in found.iter().filter(|_| self.is_paranoid()) {
            drop(self.ask(&segment.answer.question)?);
        }
        Ok(found)
    }

    /// Says how many more people an item may be about before the answer is
    /// another.
    pub fn headroom(&self, question: &Question) -> Result<Vec<Headroom<'_>>, AskError> {
        let mistakes = self.state().mistakes(question);
        if !mistakes.is_empty() {
            return Err(AskError::Mistakes(mistakes));
        }
        let found = headroom(self.index(), question);
        for headroom in found.iter().filter(|_| self.is_paranoid()) {
            drop(self.ask(&headroom.answer.question)?);
        }
        Ok(found)
    }
}
