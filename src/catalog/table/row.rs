//! One row, read as an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use serde::Deserialize;

use crate::catalog::table::cells::{SECTOR, column_of, effect, objective};
use crate::catalog::table::column::Column;
use crate::catalog::table::mistake::CellMistake;
use crate::catalog::table::phrase::{EXCEPT, Wrong, after, but, read_condition, read_set, read_threshold, split, word};
use crate::catalog::words::Words;
use crate::model::fact::SUBJECTS;
use crate::model::near::did_you_mean;
use crate::model::{
    Alternative, CategoryId, Condition, Destinations, Effect, Entry, EntryId, EntryNote, EntryNoteKind, FactId,
    Language, Member, Objective, Text, When,
};

const LANGUAGES: [Language; 2] = [Language::En, Language::Zh];

/// Reads on after a mistake, so that all of a row are reported.
pub(super) struct RowReader<'a> {
    pub(super) words: Words<'a>,
    /// What stands in the row, for every column that the table has.
    pub(super) cells: &'a BTreeMap<Column, String>,
    /// The entry of the draft with the same id: it says what the table has no
    /// column for.
    pub(super) known: Option<&'a Entry>,
    pub(super) mistakes: Vec<CellMistake>,
}

impl<'a> RowReader<'a> {
    /// Reads the entry; one that is not whole is `None`.
    pub(super) fn entry(&mut self, id: EntryId) -> Option<Entry> {
        let known = self.known;
        let categories = self.categories();
        let except = self.filled(
            Column::Except,
            |it| it.except.clone(),
            |row, cell| Some(row.categories_in(Column::Except, cell)),
        );
        let to = self.filled(Column::To, |it| it.to.clone(), RowReader::to);
        let when = self.when();
        let effect = self.effect();
        let exemptions = self.filled(
            Column::Exemptions,
            |it| it.exemptions.clone(),
            |row, cell| row.keep(Column::Exemptions, read_set(cell)),
        );
        let duties =
            self.filled(Column::Duties, |it| it.duties.clone(), |row, cell| row.keep(Column::Duties, read_set(cell)));
        let objective = self.objective();
        let cite = self.cite();
        let combine = self.filled(
            Column::Combine,
            |it| it.combine.clone(),
            |row, cell| Some(row.keep(Column::Combine, word(cell))),
        );
        let notes = self.filled(Column::Notes, |it| it.notes.clone(), RowReader::notes);
        let text = |column, of: fn(&Entry) -> &String| match self.cells.get(&column) {
            Some(cell) => cell.clone(),
            None => known.map(|it| of(it).clone()).unwrap_or_default(),
        };
        let note = Text { en: text(Column::NoteEn, |it| &it.note.en), zh: text(Column::NoteZh, |it| &it.note.zh) };
        if !self.mistakes.is_empty() {
            return None;
        }
        Some(Entry {
            id,
            categories: categories?,
            except,
            to,
            when,
            effect: effect?,
            exemptions,
            duties,
            objective: objective?,
            cite: cite?,
            note,
            combine,
            notes,
        })
    }

    fn report(&mut self, column: Column, message: String, help: Option<String>) {
        self.mistakes.push(CellMistake { column, message, help });
    }

    fn keep<T>(&mut self, column: Column, read: Result<T, Wrong>) -> Option<T> {
        read.map_err(|it| self.report(column, it.message, it.help)).ok()
    }

    /// Reads a cell that may be empty: what it says where the table has the
    /// column, else what the draft says.
    fn filled<T: Default>(
        &mut self,
        column: Column,
        of_known: impl FnOnce(&Entry) -> T,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> T {
        match self.cells.get(&column).map(|it| it.trim()) {
            None => self.known.map(of_known).unwrap_or_default(),
            Some("") => T::default(),
            Some(cell) => read(self, cell).unwrap_or_default(),
        }
    }

    /// Returns a cell that must say something; `Err` where the table has no
    /// such column.
    fn needed(&mut self, column: Column) -> Result<Option<&'a str>, ()> {
        match self.cells.get(&column).map(|it| it.trim()) {
            None if self.known.is_some() => Err(()),
            None => {
                let name = column.name(Language::En);
                let message = format!("the table has no column `{name}`, and the entry is not in the draft");
                let help = "add the column, or put the id of an entry of the draft in the row".to_owned();
                self.report(column, message, Some(help));
                Ok(None)
            }
            Some("") => {
                let (en, zh) = (column.name(Language::En), column.name(Language::Zh));
                let help = "every row is an entry by itself: repeat what stands above".to_owned();
                self.report(column, format!("`{en}` (`{zh}`) is empty"), Some(help));
                Ok(None)
            }
            Some(cell) => Ok(Some(cell)),
        }
    }

    fn categories(&mut self) -> Option<BTreeSet<CategoryId>> {
        let narrower = self.cells.get(&Column::Subcategory).map(|it| it.trim()).filter(|it| !it.is_empty());
        let Some(narrower) = narrower else {
            return match self.needed(Column::Category) {
                Err(()) => self.known.map(|it| it.categories.clone()),
                Ok(None) => None,
                Ok(Some(cell)) => Some(self.categories_in(Column::Category, cell)),
            };
        };
        let broader = self.cells.get(&Column::Category).map(|it| it.trim().to_owned()).unwrap_or_default();
        let broader = self.categories_in(Column::Category, &broader);
        let narrower = self.categories_in(Column::Subcategory, narrower);
        for it in &narrower {
            let is_below = broader.iter().any(|above| self.words.categories.covers(above, it));
            if !broader.is_empty() && !is_below {
                let above: Vec<_> = broader.iter().map(|it| format!("`{it}`")).collect();
                let message = format!("`{it}` is not below {}", above.join(" or "));
                self.report(Column::Subcategory, message, None);
            }
        }
        Some(narrower)
    }

    fn categories_in(&mut self, column: Column, cell: &str) -> BTreeSet<CategoryId> {
        let found: Vec<_> = split(cell).filter_map(|it| self.category(column, it)).collect();
        found.into_iter().collect()
    }

    /// Finds a category by its id, or by its name in either language.
    fn category(&mut self, column: Column, written: &str) -> Option<CategoryId> {
        let categories = self.words.categories;
        // An older list goes on in its own words; whether a draft may, its
        // requirement on the catalog says.
        let by_id = written.parse().ok().filter(|it: &CategoryId| !categories.meaning(it).is_empty());
        if by_id.is_some() {
            return by_id;
        }
        let is_name = |name: &str| name.to_lowercase() == written.to_lowercase();
        let named = categories.iter().filter(|it| is_name(&it.name.en) || is_name(&it.name.zh));
        let named: Vec<_> = named.map(|it| it.id.clone()).collect();
        match named.as_slice() {
            [only] => return Some(only.clone()),
            [] => {
                let known = categories.iter().flat_map(|it| [it.id.as_str(), &it.name.en, &it.name.zh]);
                let help = did_you_mean(written, known);
                let help = help.or_else(|| Some("`neglist catalog search WORD` finds categories".to_owned()));
                self.report(column, format!("unknown category `{written}`"), help);
            }
            several => {
                let ids: Vec<_> = several.iter().map(|it| format!("`{it}`")).collect();
                let message = format!("`{written}` is the name of several categories");
                self.report(column, message, Some(format!("say which: {}", ids.join(", "))));
            }
        }
        None
    }

    fn to(&mut self, cell: &str) -> Option<Destinations> {
        if let Some(except) = after(cell, &EXCEPT) {
            return Some(Destinations::Except(self.members(except)?));
        }
        Some(Destinations::Only(self.members(after(cell, &["only", "仅", "仅限"]).unwrap_or(cell))?))
    }

    fn members(&mut self, cell: &str) -> Option<BTreeSet<Member>> {
        let read = match read_set::<Either>(cell) {
            Ok(read) => read,
            Err(wrong) => {
                let help = "write places and groups apart by `;`, such as `US; CA`, or `except: HK; MO`".to_owned();
                self.report(Column::To, wrong.message, Some(help));
                return None;
            }
        };
        Some(read.into_iter().map(|it| it.0).collect())
    }

    /// Puts the conditions of three columns together.
    fn when(&mut self) -> When {
        let mut when = When::new();
        let known: Vec<_> = self.known.iter().flat_map(|it| &it.when).collect();
        for column in [Column::Sector, Column::Threshold, Column::When] {
            let Some(cell) = self.cells.get(&column).map(|it| it.trim()) else {
                let kept = known.iter().filter(|(fact, it)| column_of(fact, it) == column);
                when.extend(kept.map(|(fact, it)| ((*fact).clone(), (*it).clone())));
                continue;
            };
            for (fact, condition) in self.conditions(column, cell) {
                if let Some(before) = when.insert(fact.clone(), condition) {
                    when.insert(fact.clone(), before);
                    self.report(column, format!("there are two conditions on `{fact}`"), None);
                }
            }
        }
        when
    }

    fn conditions(&mut self, column: Column, cell: &str) -> Vec<(FactId, Condition)> {
        if cell.is_empty() {
            return Vec::new();
        }
        let vocabulary = self.words.vocabulary;
        if column == Column::Sector {
            let sector: FactId = SECTOR.parse().expect("because the name of the fact is one");
            let among = match after(cell, &EXCEPT) {
                Some(except) => but(&sector, except, vocabulary),
                None => read_set(cell),
            };
            let among = self.keep(column, among);
            return among.map(|it| (sector, Condition::Choice(it))).into_iter().collect();
        }
        if column == Column::Threshold {
            let subjects: FactId = SUBJECTS.parse().expect("because the name of the fact is one");
            return self.keep(column, read_threshold(cell)).map(|it| (subjects, it)).into_iter().collect();
        }
        let parts = cell.split([';', '；', '&', '\n']).map(str::trim).filter(|it| !it.is_empty());
        let read: Vec<_> = parts.map(|it| read_condition(it, vocabulary)).collect();
        read.into_iter().filter_map(|it| self.keep(column, it)).collect()
    }

    fn effect(&mut self) -> Option<Effect> {
        let known = self.known.map(|it| &it.effect);
        let effect = match self.needed(Column::Effect) {
            Err(()) => known.cloned()?,
            Ok(None) => return None,
            Ok(Some(cell)) => self.effect_in(cell)?,
        };
        let ways = match (self.cells.get(&Column::Requires).map(|it| it.trim()), known) {
            (Some(cell), _) => self.ways(cell),
            (None, Some(Effect::Conditional(ways))) => ways.clone(),
            (None, _) => Vec::new(),
        };
        match (effect, ways.is_empty()) {
            (Effect::Conditional(_), false) => Some(Effect::Conditional(ways)),
            (Effect::Conditional(_), true) => {
                let help = "say which mechanisms make it lawful, such as `security-assessment; standard-contract`, or \
                            `prohibited` if nothing does";
                let message = "a conditional entry has no `requires`".to_owned();
                self.report(Column::Requires, message, Some(help.to_owned()));
                None
            }
            (it, is_bare) if is_bare || !self.cells.contains_key(&Column::Requires) => Some(it),
            (it, _) => {
                let message = format!("`requires` goes with `conditional`, and this entry is `{}`", it.word());
                self.report(Column::Requires, message, None);
                None
            }
        }
    }

    fn effect_in(&mut self, cell: &str) -> Option<Effect> {
        let effects = [Effect::Notice, Effect::Conditional(Vec::new()), Effect::Undetermined, Effect::Prohibited];
        let is_it = |it: &Effect| LANGUAGES.iter().any(|language| effect(it, *language) == cell.to_lowercase());
        let found = effects.iter().find(|it| is_it(it)).cloned();
        if found.is_none() {
            let help = "expected one of `prohibited` (`禁止`), `conditional` (`附条件`), `undetermined` (`待定`), \
                        `notice` (`提示`)";
            self.report(Column::Effect, format!("unknown effect `{cell}`"), Some(help.to_owned()));
        }
        found
    }

    fn ways(&mut self, cell: &str) -> Vec<Alternative> {
        let parts = cell.split([';', '；', '\n']).map(str::trim).filter(|it| !it.is_empty());
        parts.filter_map(|it| self.way(it)).collect()
    }

    fn way(&mut self, text: &str) -> Option<Alternative> {
        let (all, when) = match text.split_once(" if ") {
            Some((all, when)) => (all, Some(when)),
            None => (text, None),
        };
        let all: Result<BTreeSet<FactId>, Wrong> = all.split('+').map(|it| word(it.trim())).collect();
        let all = all.map_err(|it| {
            let help = "write mechanisms that are needed together with `+`, alternatives apart by `;`, and a condition \
                        as `consent if transfer.systematic = no`";
            Wrong::new(it.message, help.to_owned())
        });
        let all = self.keep(Column::Requires, all)?;
        let mut conditions = When::new();
        for part in when.into_iter().flat_map(|it| it.split('&')) {
            let read = read_condition(part.trim(), self.words.vocabulary);
            let (fact, condition) = self.keep(Column::Requires, read)?;
            if conditions.insert(fact.clone(), condition).is_some() {
                self.report(Column::Requires, format!("there are two conditions on `{fact}`"), None);
            }
        }
        Some(Alternative { all, when: conditions })
    }

    fn objective(&mut self) -> Option<Objective> {
        let cell = match self.needed(Column::Objective) {
            Err(()) => return self.known.map(|it| it.objective),
            Ok(cell) => cell?,
        };
        let is_it = |it: &Objective| LANGUAGES.iter().any(|language| objective(*it, *language) == cell.to_lowercase());
        let found = Objective::ALL.into_iter().find(is_it);
        if found.is_none() {
            let words = Objective::ALL.map(|it| format!("`{}` (`{}`)", it.word(), objective(it, Language::Zh)));
            let help = format!("expected one of {}", words.join(", "));
            self.report(Column::Objective, format!("unknown objective `{cell}`"), Some(help));
        }
        found
    }

    fn cite(&mut self) -> Option<String> {
        match self.needed(Column::Cite) {
            Err(()) => self.known.map(|it| it.cite.clone()),
            Ok(None) => None,
            // Its text is kept as it is, spaces and all.
            Ok(Some(_)) => self.cells.get(&Column::Cite).cloned(),
        }
    }

    fn notes(&mut self, cell: &str) -> Option<Vec<EntryNote>> {
        let help = "write them as in a list file: `[{ kind = \"grace\", en = \"…\", zh = \"…\" }]`".to_owned();
        let form: NotesToml = match toml::from_str(&format!("notes = {cell}")) {
            Ok(form) => form,
            Err(error) => {
                self.report(Column::Notes, format!("the notes cannot be read: {}", error.message()), Some(help));
                return None;
            }
        };
        let mut notes = Vec::new();
        for NoteToml { kind, en, zh } in form.notes {
            let Some(found) = EntryNoteKind::ALL.into_iter().find(|it| it.word() == kind) else {
                let words: Vec<_> = EntryNoteKind::ALL.map(|it| format!("`{}`", it.word())).into();
                let help = format!("expected one of {}", words.join(", "));
                self.report(Column::Notes, format!("unknown kind of note `{kind}`"), Some(help));
                return None;
            };
            notes.push(EntryNote { kind: found, text: Text { en, zh } });
        }
        Some(notes)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotesToml {
    notes: Vec<NoteToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteToml {
    kind: String,
    en: String,
    zh: String,
}

/// A place or a group: the first letter says which.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Either(Member);

impl FromStr for Either {
    type Err = String;

    fn from_str(text: &str) -> Result<Either, String> {
        fn read<T: FromStr<Err = E>, E: Display>(text: &str) -> Result<T, String> {
            text.parse().map_err(|it: E| it.to_string())
        }
        let is_group = text.starts_with(|it: char| it.is_ascii_lowercase()) && !text.starts_with("org:");
        Ok(Either(if is_group { Member::Group(read(text)?) } else { Member::Place(read(text)?) }))
    }
}
