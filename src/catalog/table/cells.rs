//! What an entry says in each column.

use crate::catalog::table::column::Column;
use crate::catalog::table::phrase::{condition, set, threshold};
use crate::catalog::table::sheet::Sheet;
use crate::catalog::write::{left_out, notes_inline};
use crate::model::fact::SUBJECTS;
use crate::model::{
    Alternative, Condition, Destinations, Effect, Entry, FactId, Language, Objective, Revision, Vocabulary,
};

/// The choice that has a column of its own.
pub(super) const SECTOR: &str = "sector";

/// Returns the column in which a condition stands.
pub(super) fn column_of(fact: &FactId, condition: &Condition) -> Column {
    match (fact.as_str(), condition) {
        (SECTOR, Condition::Choice(_)) => Column::Sector,
        (SUBJECTS, Condition::Count(..)) => Column::Threshold,
        (_, Condition::Flag(_) | Condition::Choice(_) | Condition::Count(..)) => Column::When,
    }
}

/// Returns the table of a revision: headings, and a row for each entry.
pub(super) fn sheet(revision: &Revision, vocabulary: &Vocabulary, language: Language) -> Sheet {
    let mut rows = vec![Column::written().map(|it| it.name(language).to_owned()).collect()];
    for (index, entry) in revision.entries.values().enumerate() {
        let say = |it| cell(entry, it, vocabulary, language);
        let row = Column::written().map(|it| if it == Column::Number { (index + 1).to_string() } else { say(it) });
        rows.push(row.collect());
    }
    let name = match language {
        Language::En => "entries",
        Language::Zh => "条目",
    };
    Sheet { name: Some(name.to_owned()), rows: (1..).zip(rows).collect() }
}

/// Writes what an entry says in a column.
pub(crate) fn cell(entry: &Entry, column: Column, vocabulary: &Vocabulary, language: Language) -> String {
    match column {
        Column::Number | Column::Subcategory => String::new(),
        Column::Id => entry.id.to_string(),
        Column::Sector | Column::Threshold | Column::When => conditions(entry, column, vocabulary),
        Column::Category => set(&entry.categories, "; "),
        Column::Except => names(&entry.except),
        Column::To => match &entry.to {
            Destinations::Any => String::new(),
            Destinations::Only(members) => format!("only: {}", set(members, "; ")),
            Destinations::Except(members) => format!("except: {}", set(members, "; ")),
        },
        Column::Effect => effect(&entry.effect, language).to_owned(),
        Column::Requires => match &entry.effect {
            Effect::Conditional(ways) => ways.iter().map(|it| way(it, vocabulary)).collect::<Vec<_>>().join("; "),
            Effect::Notice | Effect::Undetermined | Effect::Prohibited => String::new(),
        },
        Column::Exemptions => names(&entry.exemptions),
        Column::Duties => names(&entry.duties),
        Column::Objective => objective(entry.objective, language).to_owned(),
        Column::Cite => entry.cite.clone(),
        Column::NoteEn => entry.note.en.clone(),
        Column::NoteZh => entry.note.zh.clone(),
        Column::Combine => entry.combine.as_ref().map(ToString::to_string).unwrap_or_default(),
        Column::Notes if entry.notes.is_empty() => String::new(),
        Column::Notes => notes_inline(&entry.notes),
    }
}

fn names<T: std::fmt::Display>(all: &std::collections::BTreeSet<T>) -> String {
    if all.is_empty() { String::new() } else { set(all, "; ") }
}

fn conditions(entry: &Entry, column: Column, vocabulary: &Vocabulary) -> String {
    let here = entry.when.iter().filter(|(fact, it)| column_of(fact, it) == column);
    let one = |(fact, it): (&FactId, &Condition)| match (column, it) {
        (Column::Sector, Condition::Choice(among)) => match left_out(fact, among, vocabulary) {
            Some(except) => format!("except: {}", set(except, "; ")),
            None => set(among, "; "),
        },
        (Column::Threshold, Condition::Count(bounds, window)) => threshold(*bounds, window.as_ref()),
        _ => condition(fact, it, vocabulary),
    };
    here.map(one).collect::<Vec<_>>().join("; ")
}

fn way(way: &Alternative, vocabulary: &Vocabulary) -> String {
    let all = set(&way.all, " + ");
    if way.when.is_empty() {
        return all;
    }
    let when: Vec<_> = way.when.iter().map(|(fact, it)| condition(fact, it, vocabulary)).collect();
    format!("{all} if {}", when.join(" & "))
}

/// Returns the word for an effect in a language.
pub fn effect(effect: &Effect, language: Language) -> &'static str {
    match (effect, language) {
        (it, Language::En) => it.word(),
        (Effect::Notice, Language::Zh) => "提示",
        (Effect::Conditional(_), Language::Zh) => "附条件",
        (Effect::Undetermined, Language::Zh) => "待定",
        (Effect::Prohibited, Language::Zh) => "禁止",
    }
}

/// Returns the word for an objective in a language.
pub(super) fn objective(objective: Objective, language: Language) -> &'static str {
    match (objective, language) {
        (it, Language::En) => it.word(),
        (Objective::NationalSecurity, Language::Zh) => "国家安全",
        (Objective::PublicInterest, Language::Zh) => "公共利益",
        (Objective::Privacy, Language::Zh) => "隐私",
        (Objective::Ip, Language::Zh) => "知识产权",
        (Objective::Other, Language::Zh) => "其他",
    }
}
