//! Asking from the cells of a table, without making a question of them.
//!
//! Whatever is not plain (an unknown word, something left open, a cell that is
//! spelled otherwise) is left to those who make a question and say what is
//! wrong with it.

use smallvec::SmallVec;

use crate::evaluate::compiled::Index;
use crate::evaluate::compiled::asked::{Ask, AskedItem};
use crate::evaluate::compiled::conditions::{People, Stated};
use crate::evaluate::compiled::words::Form;
use crate::model::fact::SUBJECTS;
use crate::model::{At, Brief, Count, FactId, KnownOn, Role};

/// A row of a table: one item, and what is stated cell by cell.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'c> {
    /// Where the data is.
    pub from: &'c str,
    /// Where it would go; `None` for any destination.
    pub to: Option<&'c str>,
    /// What would go.
    pub category: &'c str,
    /// How many people it is about, whatever the window, where that is stated.
    pub people: Option<Count>,
    /// The day on which it would go.
    pub at: At,
    /// The day by which what counts was published.
    pub known_on: Option<KnownOn>,
    /// Whether every flag that is not stated is not the case.
    pub ordinary: bool,
}

/// A column of a table in which a fact is stated.
#[derive(Clone, Copy, Debug)]
pub struct FactColumn(Option<(u32, Form)>);

impl Index {
    /// Returns how a fact is read from a column.
    pub fn fact_column(&self, fact: &FactId) -> FactColumn {
        let is_stated = self.state.vocabulary.find(fact).is_some_and(|it| it.role != Role::Duty);
        let number = self.words.facts.find(fact.as_str()).filter(|_| is_stated && fact.as_str() != SUBJECTS);
        FactColumn(number.and_then(|it| Some((it, self.words.form(it)?))))
    }

    /// Returns what a row comes to; `None` where it is not plain.
    pub fn brief_of_cells<'c>(
        &self,
        cells: &Cells<'c>,
        facts: impl IntoIterator<Item = (FactColumn, &'c str)>,
    ) -> Option<Brief> {
        let mut stated = Stated::nothing(&self.words);
        for (column, cell) in facts {
            let (number, form) = column.0?;
            match (form, cell) {
                (Form::Flag(flag), "yes" | "true") => stated.say(flag, true),
                (Form::Flag(flag), "no" | "false") => stated.say(flag, false),
                (Form::Flag(_), _) => return None,
                (Form::Choice(place), _) => stated.put(place, self.words.choice(number, cell)?),
                (Form::Count(place), _) => stated.put(place, plain_count(cell)?.number()),
            }
        }
        if cells.ordinary {
            stated.be_ordinary(&self.words);
        }
        let category = self.words.asked_category(cells.category).filter(|it| self.words.is_askable(*it))?;
        let people = People::of_each(cells.people);
        let items: SmallVec<[AskedItem; 1]> = SmallVec::from_buf([AskedItem { category, people }]);
        let ask = Ask {
            from: self.words.asked_place(cells.from)?,
            to: match cells.to {
                Some(to) => Some(self.words.asked_place(to)?),
                None => None,
            },
            at: cells.at.0.into(),
            known_on: cells.known_on.map(|it| it.0.into()),
            items: &items,
            stated: &stated,
        };
        let (outcome, unknown_reason) = self.walk(&ask).ok()?;
        Some(Brief { outcome, floor: outcome, unknown_reason })
    }
}

/// Reads a count that is spelled in digits alone.
pub fn plain_count(cell: &str) -> Option<Count> {
    if cell.is_empty() || 15 < cell.len() {
        return None;
    }
    let digit = |number: u64, byte: u8| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'));
    Count::new(cell.bytes().try_fold(0, digit)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_in_digits_alone_is_read_and_nothing_else() {
        for cell in ["0", "7", "1000000", "999999999999999"] {
            assert_eq!(plain_count(cell), cell.parse().ok().and_then(|it| Count::new(it).ok()), "{cell}");
            assert!(plain_count(cell).is_some(), "{cell}");
        }
        // The last is a digit too long to be told from others by its length.
        for cell in ["", "-1", "1,000", "1e3", "10+", " 7", "٧", "1000000000000000"] {
            assert_eq!(plain_count(cell), None, "{cell}");
        }
    }
}
