//! How a question of a batch is answered: the one place that knows by what.

use crate::cli::failure::Failure;
use crate::cli::question_row::Row;
use crate::model::{Answer, Brief, Head, Question, State};
use crate::registry::Registry;

/// What answers the questions of a batch, on every core at once.
#[derive(Debug)]
pub(super) struct Answering<'r> {
    registry: &'r Registry,
}

impl<'r> Answering<'r> {
    /// Answers from a registry.
    pub(super) fn new(registry: &'r Registry) -> Answering<'r> {
        Answering { registry }
    }

    /// Returns the state that is asked.
    pub(super) fn state(&self) -> &'r State {
        self.registry.state()
    }

    /// Returns which registry answers.
    pub(super) fn head(&self) -> &'r Head {
        &self.state().head
    }

    /// Answers a question in full, or says in a line what in it is not
    /// understood.
    pub(super) fn answer(&self, question: &Question) -> Result<Answer<'r>, String> {
        self.registry.ask(question).map_err(|it| Failure::from(it).line())
    }

    /// Returns what a question comes to.
    pub(super) fn brief(&self, question: &Question) -> Result<Brief, String> {
        self.answer(question).map(|it| it.brief())
    }

    /// Returns what a row comes to. Its cells need not become a question, as
    /// long as what is said of a cell that is not understood stays the same.
    pub(super) fn brief_of_row(&self, row: &Row<'_>) -> Result<Brief, String> {
        self.brief(&row.question(self.state()).map_err(|it| it.message)?)
    }
}
