//! What becomes of data that goes on to other places.

use crate::model::Question;
use crate::registry::{AskError, Registry};
use crate::seek::{Journey, Leg, Stop, legs};

impl Registry {
    /// Answers for each leg of a journey by some stops, of which the last is
    /// where the data goes in the end.
    pub fn ask_by(&self, question: &Question, stops: &[Stop]) -> Result<Journey<'_>, AskError> {
        let legs = legs(question, stops).into_iter();
        let legs = legs.map(|(kind, it)| self.ask(&it).map(|answer| Leg { kind, answer }));
        Ok(Journey { legs: legs.collect::<Result<_, _>>()? })
    }
}
