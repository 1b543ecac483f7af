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

/// Where the columns of a table stand.
#[derive(Debug)]
pub(super) struct Columns {
    names: StringRecord,
    known: Known,
    /// The columns of facts, in order.
    facts: Vec<(usize, FactId)>,
}

/// Where the columns that are no facts stand.
#[derive(Debug, Default)]
struct Known {
    id: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    category: Option<usize>,
    subjects: Option<usize>,
    at: Option<usize>,
    known_on: Option<usize>,
    ordinary: Option<usize>,
}

/// A row of a table: its cells told apart, and not understood yet.
///
/// Each is trimmed, and `None` where nothing stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    columns: &'r Columns,
    cells: &'r [&'r str],
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
        let (mut known, mut facts) = (Known::default(), Vec::new());
        for (position, name) in names.iter().enumerate() {
            if names.iter().filter(|it| *it == name).count() != 1 {
                return Err(Failure::input(format!("column `{name}` stands there twice")));
            }
            if let Some(column) = known.find(name) {
                *column = Some(position);
                continue;
            }
            match name.parse::<FactId>().ok().filter(|it| state.vocabulary.find(it).is_some()) {
                Some(fact) => facts.push((position, fact)),
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
        Ok(Columns { names: names.clone(), known, facts })
    }

    /// Returns the names of the columns.
    pub(super) fn names(&self) -> &StringRecord {
        &self.names
    }

    /// Returns the facts that have columns, in their order.
    pub(super) fn facts(&self) -> impl Iterator<Item = &FactId> {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// Takes cells as a row, if there are as many as columns.
    pub(super) fn row<'r>(&'r self, cells: &'r [&'r str]) -> Result<Row<'r>, BadRow> {
        if cells.len() != self.names.len() {
            let message = format!("the row has {} cells, and there are {} columns", cells.len(), self.names.len());
            return Err(BadRow { column: None, message });
        }
        Ok(Row { columns: self, cells })
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
}

impl Known {
    /// Returns where it is kept where a column stands, unless it is one of a
    /// fact.
    fn find(&mut self, name: &str) -> Option<&mut Option<usize>> {
        match name {
            "id" => Some(&mut self.id),
            "from" => Some(&mut self.from),
            "to" => Some(&mut self.to),
            "category" => Some(&mut self.category),
            "subjects" => Some(&mut self.subjects),
            "at" => Some(&mut self.at),
            "known_on" => Some(&mut self.known_on),
            "ordinary" => Some(&mut self.ordinary),
            _ => None,
        }
    }
}

impl<'r> Row<'r> {
    /// Returns the asker's own name for the question.
    pub(super) fn id(&self) -> Option<&'r str> {
        self.cell(self.columns.known.id)
    }

    /// Returns where the data is.
    pub(super) fn from(&self) -> Option<&'r str> {
        self.cell(self.columns.known.from)
    }

    /// Returns where it would go.
    pub(super) fn to(&self) -> Option<&'r str> {
        self.cell(self.columns.known.to)
    }

    /// Returns one category, or several separated by `;`.
    pub(super) fn category(&self) -> Option<&'r str> {
        self.cell(self.columns.known.category)
    }

    /// Returns one number of people, or as many as categories, separated by
    /// `;`.
    pub(super) fn subjects(&self) -> Option<&'r str> {
        self.cell(self.columns.known.subjects)
    }

    /// Returns the day on which it would go.
    pub(super) fn at(&self) -> Option<&'r str> {
        self.cell(self.columns.known.at)
    }

    /// Returns the day by which what counts was published.
    pub(super) fn known_on(&self) -> Option<&'r str> {
        self.cell(self.columns.known.known_on)
    }

    /// Returns whether every flag that is not stated is not the case.
    pub(super) fn ordinary(&self) -> Result<bool, BadRow> {
        match self.cell(self.columns.known.ordinary) {
            None | Some("no" | "false") => Ok(false),
            Some("yes" | "true") => Ok(true),
            Some(other) => Err(bad("ordinary", format!("`ordinary` is yes or no, found `{other}`"))),
        }
    }

    /// Returns what is stated: which of the columns of facts, counted from 0,
    /// its fact, and the cell.
    pub(super) fn facts(&self) -> impl Iterator<Item = (usize, &'r FactId, &'r str)> {
        let row = *self;
        let facts = self.columns.facts.iter().enumerate();
        facts.filter_map(move |(number, (position, fact))| Some((number, fact, row.cell(Some(*position))?)))
    }

    /// Reads the row as a question.
    pub(super) fn question(&self, state: &State) -> Result<Question, BadRow> {
        let flow = self.flow(state)?;
        let question = flow.into_question(parse("at", written("at", self.at())?)?);
        Ok(Question { known_on: self.known_on().map(|it| parse("known_on", it)).transpose()?, ..question })
    }

    /// Reads the row as a flow.
    pub(super) fn flow(&self, state: &State) -> Result<Flow, BadRow> {
        let facts = self.facts().map(|(_, fact, cell)| {
            let value = ask::value(state, fact, cell).map_err(|it| bad(fact.as_str(), it.line()))?;
            Ok((fact.clone(), value))
        });
        let facts: BTreeMap<_, _> = facts.collect::<Result<_, BadRow>>()?;
        let ordinary = self.ordinary()?;
        let categories = written("category", self.category())?;
        Ok(Flow {
            id: self.id().map(str::to_owned),
            from: parse("from", written("from", self.from())?)?,
            to: self.to().map(|it| parse("to", it)).transpose()?,
            items: items(categories, self.subjects())?,
            facts,
            ordinary,
        })
    }

    /// Returns a cell in which something stands.
    fn cell(&self, position: Option<usize>) -> Option<&'r str> {
        let cell = trimmed(self.cells.get(position?)?);
        (!cell.is_empty()).then_some(cell)
    }
}

/// Trims a cell. Nearly always its first byte and its last one say that there
/// is nothing to trim.
fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [only] if only.is_ascii_graphic() => cell,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim(),
    }
}

fn written<'r>(name: &str, cell: Option<&'r str>) -> Result<&'r str, BadRow> {
    cell.ok_or_else(|| bad(name, format!("`{name}` is empty")))
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
