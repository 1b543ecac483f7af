//! How a question of a batch is answered: the one place that knows by what.

use crate::cli::failure::Failure;
use crate::cli::question_row::{Columns, Row};
use crate::evaluate::{Cells, FactColumn, plain_count};
use crate::model::{Answer, At, Brief, Head, KnownOn, Question, State};
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
        self.registry.brief(question).map_err(|it| Failure::from(it).line())
    }

    /// Returns how the facts of a table are read.
    pub(super) fn fact_columns(&self, columns: &Columns) -> Vec<FactColumn> {
        columns.facts().map(|it| self.registry.index().fact_column(it)).collect()
    }

    /// Returns what a row comes to. A plain one does not become a question on
    /// the way; any other does, for what is to be said of it.
    pub(super) fn brief_of_row(&self, row: &Row<'_>, facts: &[FactColumn]) -> Result<Brief, String> {
        let plain = || {
            let facts = row.facts().filter_map(|(number, _, cell)| Some((*facts.get(number)?, cell)));
            self.registry.index().brief_of_cells(&cells(row)?, facts)
        };
        if let Some(brief) = Some(()).filter(|()| !self.registry.is_paranoid()).and_then(|()| plain()) {
            return Ok(brief);
        }
        self.brief(&row.question(self.state()).map_err(|it| it.message)?)
    }
}

/// Returns the cells of a row that is plain: of one category, with a number of
/// people in digits.
fn cells<'r>(row: &Row<'r>) -> Option<Cells<'r>> {
    Some(Cells {
        from: row.from()?,
        to: row.to(),
        category: row.category()?,
        people: match row.subjects() {
            Some(people) => Some(plain_count(people)?),
            None => None,
        },
        at: row.at()?.parse::<At>().ok()?,
        known_on: match row.known_on() {
            Some(day) => Some(day.parse::<KnownOn>().ok()?),
            None => None,
        },
        ordinary: row.ordinary().ok()?,
    })
}
