//! A row of a spreadsheet as a question, or as a flow: a question without a
//! day.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::cli::ask;
use crate::cli::failure::Failure;
use crate::model::near::did_you_mean;
use crate::model::{FactId, Flow, Item, Question, QuestionMistake, State, Subjects};

/// The columns of a table of questions that are no facts.
const COLUMNS: [&str; 8] = ["id", "from", "to", "category", "subjects", "at", "known_on", "ordinary"];

/// The columns of a table of questions that a table of flows has not.
const DAYS: [&str; 2] = ["at", "known_on"];

/// What the columns of a table hold.
#[derive(Debug)]
pub(super) struct Columns {
    names: StringRecord,
    columns: Vec<Column>,
}

#[derive(Debug)]
enum Column {
    Known(&'static str),
    Fact(FactId),
}

/// What is wrong with a row.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct BadRow {
    /// The name of the column, where it is one cell.
    pub(super) column: Option<String>,
    /// What is wrong, and what would be right.
    pub(super) message: String,
}

impl Columns {
    /// Reads the names of the columns of questions.
    pub(super) fn of_questions(names: &StringRecord, state: &State) -> Result<Columns, Failure> {
        Columns::read(names, state, &["from", "category", "at"])
    }

    /// Reads the names of the columns of flows.
    pub(super) fn of_flows(names: &StringRecord, state: &State) -> Result<Columns, Failure> {
        if let Some(day) = names.iter().find(|it| DAYS.contains(it)) {
            let message = format!("a table of flows has no column `{day}`");
            return Err(
                Failure::input(message).hint("leave it out: a flow goes on every day, and the command has the days")
            );
        }
        Columns::read(names, state, &["from", "category"])
    }

    fn read(names: &StringRecord, state: &State, needed: &[&str]) -> Result<Columns, Failure> {
        let mut columns = Vec::new();
        for name in names {
            if names.iter().filter(|it| *it == name).count() != 1 {
                return Err(Failure::input(format!("column `{name}` stands there twice")));
            }
            if let Some(known) = COLUMNS.into_iter().find(|it| *it == name) {
                columns.push(Column::Known(known));
                continue;
            }
            match name.parse::<FactId>().ok().filter(|it| state.vocabulary.find(it).is_some()) {
                Some(fact) => columns.push(Column::Fact(fact)),
                None => {
                    let known = COLUMNS.into_iter().chain(state.vocabulary.iter().map(|it| it.id.as_str()));
                    let hint = did_you_mean(name, known);
                    let hint = hint.unwrap_or_else(|| format!("columns are {}, and facts", COLUMNS.join(", ")));
                    return Err(Failure::input(format!("unknown column `{name}`")).hint(hint));
                }
            }
        }
        if let Some(missing) = needed.iter().find(|it| !names.iter().any(|name| name == **it)) {
            return Err(Failure::input(format!("there is no column `{missing}`")));
        }
        Ok(Columns { names: names.clone(), columns })
    }

    /// Returns the names of the columns.
    pub(super) fn names(&self) -> &StringRecord {
        &self.names
    }

    /// Reads a row as a question.
    pub(super) fn question(&self, row: &StringRecord, state: &State) -> Result<Question, BadRow> {
        let flow = self.flow(row, state)?;
        let question = flow.on(self.needed("at", row)?);
        Ok(Question { known_on: self.cell("known_on", row).map(|it| parse("known_on", it)).transpose()?, ..question })
    }

    /// Reads a row as a flow.
    pub(super) fn flow(&self, row: &StringRecord, state: &State) -> Result<Flow, BadRow> {
        if row.len() != self.names.len() {
            let message = format!("the row has {} cells, and there are {} columns", row.len(), self.names.len());
            return Err(BadRow { column: None, message });
        }
        let mut facts = BTreeMap::new();
        for (column, cell) in self.columns.iter().zip(row) {
            let cell = cell.trim();
            if let Column::Fact(fact) = column
                && !cell.is_empty()
            {
                let value = ask::value(state, fact, cell).map_err(|it| bad(fact.as_str(), it.line()))?;
                facts.insert(fact.clone(), value);
            }
        }
        let ordinary = match self.cell("ordinary", row) {
            None | Some("no" | "false") => false,
            Some("yes" | "true") => true,
            Some(other) => return Err(bad("ordinary", format!("`ordinary` is yes or no, found `{other}`"))),
        };
        let categories = self.written("category", row)?;
        Ok(Flow {
            id: self.cell("id", row).map(str::to_owned),
            from: self.needed("from", row)?,
            to: self.cell("to", row).map(|it| parse("to", it)).transpose()?,
            items: items(categories, self.cell("subjects", row))?,
            facts,
            ordinary,
        })
    }

    /// Returns everything in a flow that is not understood, by the column in
    /// which it stands.
    pub(super) fn mistakes(flow: &Flow, state: &State) -> Vec<BadRow> {
        let of = |column: &str, mistake: Option<QuestionMistake>| {
            mistake.map(|it| bad(column, Failure::from(vec![it]).line()))
        };
        let from = of("from", state.place_mistake(&flow.from));
        let to = flow.to.iter().filter_map(|it| of("to", state.place_mistake(it)));
        let items = flow.items.iter().filter_map(|it| of("category", state.category_mistake(&it.category)));
        let facts = flow.facts.iter().filter_map(|(id, value)| of(id.as_str(), state.fact_mistake(id, value)));
        from.into_iter().chain(to).chain(items).chain(facts).collect()
    }

    /// Returns a cell in which something stands.
    fn cell<'r>(&self, name: &str, row: &'r StringRecord) -> Option<&'r str> {
        let position = self.columns.iter().position(|it| matches!(it, Column::Known(known) if *known == name))?;
        row.get(position).map(str::trim).filter(|it| !it.is_empty())
    }

    fn written<'r>(&self, name: &str, row: &'r StringRecord) -> Result<&'r str, BadRow> {
        self.cell(name, row).ok_or_else(|| bad(name, format!("`{name}` is empty")))
    }

    fn needed<T: std::str::FromStr>(&self, name: &str, row: &StringRecord) -> Result<T, BadRow>
    where
        T::Err: std::fmt::Display,
    {
        parse(name, self.written(name, row)?)
    }
}

/// Reads categories separated by `;`, with one number of people for all or a
/// number for each.
fn items(categories: &str, subjects: Option<&str>) -> Result<Vec<Item>, BadRow> {
    let categories: Vec<_> = categories.split(';').map(str::trim).collect();
    let counts: Vec<_> = subjects.map(|it| it.split(';').map(str::trim).collect()).unwrap_or_default();
    if 1 < counts.len() && counts.len() != categories.len() {
        let message = format!("there are {} categories and {} numbers of people", categories.len(), counts.len());
        return Err(bad("subjects", message));
    }
    let count = |it: &str| ask::count(it).map_err(|it| bad("subjects", it.line()));
    let mut items = Vec::new();
    for (position, category) in categories.iter().enumerate() {
        let written = if counts.len() == 1 { counts.first() } else { counts.get(position) };
        let count = written.filter(|it| !it.is_empty()).map(|it| count(it)).transpose()?;
        items.push(Item { category: parse("category", category)?, subjects: count.map(Subjects::Each) });
    }
    Ok(items)
}

fn parse<T: std::str::FromStr>(column: &str, text: &str) -> Result<T, BadRow>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|it: T::Err| bad(column, it.to_string()))
}

fn bad(column: &str, message: String) -> BadRow {
    BadRow { column: Some(column.to_owned()), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_may_have_several_categories() {
        let numbers = |items: Vec<Item>| items.iter().map(|it| it.subjects.clone()).collect::<Vec<_>>();
        let each = |number: u64| Some(Subjects::Each(crate::model::Count::new(number).unwrap()));
        assert_eq!(numbers(items("personal.contact; personal.health", Some("5;7")).unwrap()), [each(5), each(7)]);
        assert_eq!(numbers(items("personal.contact; personal.health", Some("5")).unwrap()), [each(5), each(5)]);
        assert_eq!(numbers(items("personal.contact", None).unwrap()), [None]);
        assert!(items("a;b", Some("1;2;3")).is_err());
    }
}
