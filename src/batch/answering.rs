//! How a question of a batch is answered.

use crate::model::{Answer, Brief, Head, Question, State};
use crate::registry::{AskError, Registry};

/// What answers the questions of a batch, on every core at once.
#[derive(Debug)]
pub(crate) struct Answering<'r> {
    registry: &'r Registry,
}

impl<'r> Answering<'r> {
    /// Answers from a registry.
    pub(crate) fn new(registry: &'r Registry) -> Answering<'r> {
        Answering { registry }
    }

    /// Returns the registry that answers.
    pub(crate) fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// Returns the state that is asked.
    pub(crate) fn state(&self) -> &'r State {
        self.registry.state()
    }

    /// Returns which registry answers.
    pub(crate) fn head(&self) -> &'r Head {
        &self.state().head
    }

    /// Answers a question in full, or says in a line what in it is not
    /// understood.
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer<'r>, String> {
        self.registry.ask(question).map_err(|it| in_a_line(&it))
    }

    /// Returns what a question comes to.
    pub(crate) fn brief(&self, question: &Question) -> Result<Brief, String> {
        self.registry.brief(question).map_err(|it| in_a_line(&it))
    }
}

fn in_a_line(error: &AskError) -> String {
    let AskError::Mistakes(mistakes) = error else { return error.to_string() };
    let mistakes = mistakes.iter().map(|it| match &it.hint {
        Some(hint) => format!("{} ({hint})", it.message),
        None => it.message.clone(),
    });
    mistakes.collect::<Vec<_>>().join("; ")
}
