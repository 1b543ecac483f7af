//! What would make it lawful.

use crate::model::{Answer, Question};
use crate::registry::{AskError, Registry};
use crate::seek::{Claims, Routes, routes, with};

impl Registry {
    /// Answers a question, and says what would make it lawful, the lightest
    /// first. Each route was asked.
    pub fn routes(&self, question: &Question, claims: &Claims) -> Result<(Answer<'_>, Routes<'_>), AskError> {
        let answer = self.ask(question)?;
        let found = routes(self.index(), std::slice::from_ref(question), claims);
        if self.is_paranoid() {
            // Both evaluators have to say so.
            for route in &found.routes {
                self.ask(&with(question, &route.stated()))?;
            }
        }
        Ok((answer, found))
    }
}
