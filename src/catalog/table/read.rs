//! A table, read as the entries of a list.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::table::column::Column;
use crate::catalog::table::id::{content, made, subject};
use crate::catalog::table::mistake::{CellMistake, Mistakes, TableMistake};
use crate::catalog::table::row::RowReader;
use crate::catalog::table::sheet::Sheet;
use crate::catalog::words::Words;
use crate::model::near::did_you_mean;
use crate::model::{Entries, Entry, EntryId, Revision};

/// Headings stand in one of the first rows: above them there may be a title.
const HEADINGS_WITHIN: usize = 20;

/// Reads the entries of a table, whatever the order of its rows. `draft` says
/// what the table has no column for, and which entries rows without an id are.
pub fn read_entries(sheet: &Sheet, draft: &Revision, words: Words<'_>) -> Result<Entries, Mistakes> {
    let (headings, rows) = headings(sheet)?;
    let mut reader = TableReader { sheet, headings, draft, words, mistakes: Vec::new() };
    let rows = reader.rows(rows);
    let read: Vec<_> = rows.iter().map(|it| reader.entry(it)).collect();
    // An entry that could not be read is missing, and others would be taken
    // for it.
    if reader.mistakes.is_empty() {
        let entries = reader.named(rows.iter().zip(read.into_iter().flatten()).collect());
        reader.check_words(&rows, &entries);
        if reader.mistakes.is_empty() {
            return Ok(entries.into_iter().map(|(id, (_, it))| (id, it)).collect());
        }
    }
    Err(reader.mistakes.into())
}

/// The columns that headings name, and the rows below them.
type Headed<'s> = (Vec<(Option<Column>, String)>, &'s [(u32, Vec<String>)]);

/// Finds the row of headings: the first that names two columns.
fn headings(sheet: &Sheet) -> Result<Headed<'_>, Mistakes> {
    let names = |it: &(u32, Vec<String>)| it.1.iter().filter(|it| Column::find(it).is_some()).count();
    let found = sheet.rows.iter().take(HEADINGS_WITHIN).position(|it| 2 <= names(it));
    let Some(((number, cells), rows)) = found.and_then(|it| sheet.rows.get(it..)).and_then(<[_]>::split_first) else {
        let help = "a row names the columns, such as `id`, `category`, `effect`, or `条目编号`, `数据类别`, `效力`; in a \
                    CSV file commas stand between them";
        return Err(TableMistake::new("no row of headings was found").help(help).sheet(sheet.name.as_deref()).into());
    };
    let mut headings: Vec<(Option<Column>, String)> = Vec::new();
    let mut mistakes = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let column = Column::find(name);
        let mut report = |message: String, help: String| {
            let mistake = TableMistake::new(message).help(help);
            mistakes.push(mistake.sheet(sheet.name.as_deref()).row(*number).column(index, ""));
        };
        // What begins with `#` is the author's own.
        if column.is_none() && !name.is_empty() && !name.starts_with('#') {
            let near = did_you_mean(name, Column::names());
            let own = format!("for a column of your own, write `#{name}`");
            report(format!("unknown column `{name}`"), near.map_or(own.clone(), |it| format!("{it} {own}")));
        }
        if column.is_some() && headings.iter().any(|(it, _)| *it == column) {
            report(format!("column `{name}` stands there twice"), "take one of them out".to_owned());
        }
        headings.push((column, name.to_owned()));
    }
    if rows.is_empty() {
        let mistake = TableMistake::new("there are headings, and no entries below them");
        mistakes.push(mistake.sheet(sheet.name.as_deref()));
    }
    if mistakes.is_empty() { Ok((headings, rows)) } else { Err(mistakes.into()) }
}

struct TableReader<'a> {
    sheet: &'a Sheet,
    headings: Vec<(Option<Column>, String)>,
    draft: &'a Revision,
    words: Words<'a>,
    mistakes: Vec<TableMistake>,
}

/// A row with what stands in each column.
struct Row {
    number: u32,
    /// Empty where the row has none.
    id: Option<EntryId>,
    cells: BTreeMap<Column, String>,
}

/// Entries by id, each with the number of its row.
type Numbered = BTreeMap<EntryId, (u32, Arc<Entry>)>;

impl TableReader<'_> {
    fn report(&mut self, row: u32, column: Option<Column>, message: String, help: Option<String>) {
        let mut mistake = TableMistake::new(message).row(row).sheet(self.sheet.name.as_deref());
        mistake.help = help;
        let place = column.and_then(|it| self.headings.iter().position(|(column, _)| *column == Some(it)));
        if let Some((index, (_, heading))) = place.and_then(|it| Some((it, self.headings.get(it)?))) {
            mistake = mistake.column(index, heading);
        }
        self.mistakes.push(mistake);
    }

    fn rows(&mut self, rows: &[(u32, Vec<String>)]) -> Vec<Row> {
        let mut read: Vec<Row> = Vec::new();
        let mut seen: BTreeMap<EntryId, u32> = BTreeMap::new();
        let columns: Vec<_> = self.headings.iter().map(|(it, heading)| (*it, heading.starts_with('#'))).collect();
        for (number, written) in rows {
            let mut cells = BTreeMap::new();
            for (column, _) in &columns {
                cells.extend(column.map(|it| (it, String::new())));
            }
            for (index, text) in written.iter().enumerate() {
                match columns.get(index) {
                    Some((Some(column), _)) => {
                        cells.insert(*column, text.clone());
                    }
                    Some((None, true)) => {}
                    Some((None, false)) | None if text.trim().is_empty() => {}
                    Some((None, false)) | None => {
                        let mistake = TableMistake::new("something stands in a column without a heading");
                        let mistake =
                            mistake.help("give the column a heading, which begins with `#` if it is your own");
                        let sheet = self.sheet.name.as_deref();
                        self.mistakes.push(mistake.sheet(sheet).row(*number).column(index, ""));
                    }
                }
            }
            // A running number alone is no entry.
            if cells.iter().all(|(column, it)| *column == Column::Number || it.trim().is_empty()) {
                continue;
            }
            let id = cells.get(&Column::Id).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
            let id = match id.map(|it| it.parse::<EntryId>()).transpose() {
                Ok(id) => id,
                Err(error) => {
                    let help = "leave the cell empty to have an id made from the row".to_owned();
                    self.report(*number, Some(Column::Id), error.to_string(), Some(help));
                    continue;
                }
            };
            if let Some(before) = id.as_ref().and_then(|it| seen.insert(it.clone(), *number)) {
                let message = format!("the id stands in row {before} too");
                let help = "ids are unique in a list: leave one of the cells empty to have another made".to_owned();
                self.report(*number, Some(Column::Id), message, Some(help));
            }
            read.push(Row { number: *number, id, cells });
        }
        read
    }

    /// Reads what a row says; the id of one that has none comes later.
    fn entry(&mut self, row: &Row) -> Option<Entry> {
        let known = row.id.as_ref().and_then(|it| self.draft.entries.get(it)).map(AsRef::as_ref);
        let mut reader = RowReader { words: self.words, cells: &row.cells, known, mistakes: Vec::new() };
        let unnamed = || "unnamed".parse().expect("because it is a name");
        let entry = reader.entry(row.id.clone().unwrap_or_else(unnamed));
        for CellMistake { column, message, help } in reader.mistakes {
            self.report(row.number, Some(column), message, help);
        }
        entry
    }

    /// Gives every entry its id: its own; that of the draft's entry that says
    /// the same, or is about the same; or one made from what it says.
    fn named(&mut self, rows: Vec<(&Row, Entry)>) -> Numbered {
        let vocabulary = self.words.vocabulary;
        let mut named = Numbered::new();
        let mut unnamed = Vec::new();
        for (row, entry) in rows {
            match &row.id {
                Some(id) => {
                    named.insert(id.clone(), (row.number, Arc::new(entry)));
                }
                None => unnamed.push((row.number, entry)),
            }
        }
        for key in [content, subject] {
            let mut free: BTreeMap<String, Vec<EntryId>> = BTreeMap::new();
            for it in self.draft.entries.values().filter(|it| !named.contains_key(&it.id)) {
                free.entry(key(it, vocabulary)).or_default().push(it.id.clone());
            }
            let mut rows: BTreeMap<String, usize> = BTreeMap::new();
            for (_, it) in &unnamed {
                *rows.entry(key(it, vocabulary)).or_default() += 1;
            }
            let mut left = Vec::new();
            for (number, entry) in unnamed {
                let it = key(&entry, vocabulary);
                match (free.get(&it).map(Vec::as_slice), rows.get(&it)) {
                    // Of several that are about the same, none is picked.
                    (Some([id]), Some(1)) => {
                        named.insert(id.clone(), (number, Arc::new(Entry { id: id.clone(), ..entry })));
                    }
                    _ => left.push((number, entry)),
                }
            }
            unnamed = left;
        }
        self.made(unnamed, &mut named);
        named
    }

    fn made(&mut self, unnamed: Vec<(u32, Entry)>, named: &mut Numbered) {
        let vocabulary = self.words.vocabulary;
        let mut subjects: BTreeMap<String, usize> = BTreeMap::new();
        for (_, it) in &unnamed {
            *subjects.entry(subject(it, vocabulary)).or_default() += 1;
        }
        for (number, entry) in unnamed {
            let about = subject(&entry, vocabulary);
            let is_alone = subjects.get(&about) == Some(&1);
            let by_subject = Some(made(&entry, &about)).filter(|it| is_alone && !named.contains_key(it));
            // Whatever the order of the rows, each gets the same.
            let id = by_subject.unwrap_or_else(|| made(&entry, &content(&entry, vocabulary)));
            if let Some((before, _)) = named.get(&id) {
                let message = format!("the row says the same as row {before}");
                self.report(number, None, message, Some("take one of them out, or give them ids".to_owned()));
                continue;
            }
            named.insert(id.clone(), (number, Arc::new(Entry { id, ..entry })));
        }
    }

    /// Points at words that the catalog does not have.
    fn check_words(&mut self, rows: &[Row], entries: &Numbered) {
        let only = entries.iter().map(|(id, (_, it))| (id.clone(), Arc::clone(it))).collect();
        let revision = Revision { entries: only, ..self.draft.clone() };
        for unknown in self.words.unknown(&revision) {
            // What is wrong above the entries is not the table's.
            let Some((number, _)) = unknown.entry.as_ref().and_then(|it| entries.get(it)) else { continue };
            let row = rows.iter().find(|it| it.number == *number);
            let holds =
                |it: &&Column| row.and_then(|row| row.cells.get(it)).is_some_and(|cell| cell.contains(&unknown.word));
            let prose = [Column::Id, Column::Cite, Column::NoteEn, Column::NoteZh, Column::Notes];
            let column = Column::ALL.iter().filter(|it| !prose.contains(it)).find(holds).copied();
            self.report(*number, column, unknown.message, unknown.help);
        }
    }
}
