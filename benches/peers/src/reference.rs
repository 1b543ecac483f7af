//! The evaluator that reads like the law, with the whole answer: what every
//! other is checked against.

use neglist::evaluate::answer;

use crate::engine::Engine;
use crate::world::World;

/// Asks `neglist::evaluate::answer`.
#[derive(Debug)]
pub struct Reference<'w>(pub &'w World);

impl Engine for Reference<'_> {
    fn name(&self) -> &'static str {
        "reference evaluator, whole answer"
    }

    fn outcome(&mut self, question: usize) -> u8 {
        answer(&self.0.state, &self.0.questions[question]).outcome as u8
    }
}
