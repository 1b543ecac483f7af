//! To which places data may go.

use std::collections::BTreeSet;

use crate::model::{Jurisdiction, Question};
use crate::registry::{AskError, Registry};
use crate::seek::{Claims, Prospect, destinations, prospects};

impl Registry {
    /// Says what data gets at some places that comes from all of some origins,
    /// a question each: the best places first. Without places, every country
    /// and whatever other place a list names.
    pub fn places(
        &self,
        questions: &[Question],
        to: Option<&BTreeSet<Jurisdiction>>,
        claims: &Claims,
    ) -> Result<Vec<Prospect<'_>>, AskError> {
        let asked = questions.iter().cloned().chain(
            to.into_iter()
                .flatten()
                .filter_map(|to| questions.first().map(|it| Question { to: Some(to.clone()), ..it.clone() })),
        );
        let mistakes: Vec<_> = asked.flat_map(|it| self.state().mistakes(&it)).fold(Vec::new(), |mut all, it| {
            if !all.contains(&it) {
                all.push(it);
            }
            all
        });
        if !mistakes.is_empty() {
            return Err(AskError::Mistakes(mistakes));
        }
        let index = self.index();
        Ok(match to {
            Some(to) => prospects(index, questions, to, claims),
            None => prospects(index, questions, &destinations(index, questions), claims),
        })
    }
}
