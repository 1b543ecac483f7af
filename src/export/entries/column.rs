//! The columns, and what an entry says in each.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::catalog::table::{self, cell, condition};
use crate::model::{Destinations, Entry, Language, Member, Revision, Scope, Standing, State};

/// What a column says of the entry in its row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Column {
    List,
    Version,
    Standing,
    Published,
    Effective,
    Until,
    Scope,
    AppliesWhen,
    AppliesTo,
    Entry,
    /// A column of a list's own table.
    Own(table::Column),
    Source,
    Url,
    Checked,
    Confidence,
}

/// The columns in the order in which they are written.
pub(super) const COLUMNS: [Column; 30] = [
    Column::List,
    Column::Version,
    Column::Standing,
    Column::Published,
    Column::Effective,
    Column::Until,
    Column::Scope,
    Column::AppliesWhen,
    Column::AppliesTo,
    Column::Entry,
    Column::Own(table::Column::Sector),
    Column::Own(table::Column::Category),
    Column::Own(table::Column::Except),
    Column::Own(table::Column::Threshold),
    Column::Own(table::Column::When),
    Column::Own(table::Column::To),
    Column::Own(table::Column::Effect),
    Column::Own(table::Column::Requires),
    Column::Own(table::Column::Exemptions),
    Column::Own(table::Column::Duties),
    Column::Own(table::Column::Objective),
    Column::Own(table::Column::Cite),
    Column::Own(table::Column::NoteEn),
    Column::Own(table::Column::NoteZh),
    Column::Own(table::Column::Combine),
    Column::Own(table::Column::Notes),
    Column::Source,
    Column::Url,
    Column::Checked,
    Column::Confidence,
];

impl Column {
    pub(super) fn heading(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            Column::List => ("list", "清单"),
            Column::Version => ("version", "版本"),
            Column::Standing => ("standing", "状态"),
            Column::Published => ("published", "公布日"),
            Column::Effective => ("effective", "生效日"),
            Column::Until => ("until", "截止日"),
            Column::Scope => ("scope", "适用范围"),
            Column::AppliesWhen => ("applies-when", "清单适用条件"),
            Column::AppliesTo => ("applies-to", "清单适用目的地"),
            Column::Entry => ("entry", "条目编号"),
            Column::Own(column) => return column.name(language),
            Column::Source => ("source", "来源"),
            Column::Url => ("url", "网址"),
            Column::Checked => ("checked", "核对日"),
            Column::Confidence => ("confidence", "可信度"),
        };
        language.say(en, zh)
    }

    /// Returns whether its cells are days.
    pub(super) fn is_day(self) -> bool {
        matches!(self, Column::Published | Column::Effective | Column::Until | Column::Checked)
    }

    /// Returns how wide it is in a workbook, in characters.
    pub(super) fn width(self) -> f64 {
        match self {
            Column::Own(table::Column::NoteEn | table::Column::NoteZh) => 60.0,
            Column::List | Column::Entry | Column::Own(_) | Column::AppliesWhen | Column::Source => 28.0,
            Column::Scope | Column::AppliesTo | Column::Url => 18.0,
            Column::Version
            | Column::Standing
            | Column::Published
            | Column::Effective
            | Column::Until
            | Column::Checked
            | Column::Confidence => 12.0,
        }
    }
}

/// An entry with all that stands beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) state: &'a State,
    pub(super) revision: &'a Revision,
    pub(super) entry: &'a Entry,
    pub(super) standing: Standing,
    pub(super) until: Option<Date>,
}

impl Row<'_> {
    pub(super) fn cell(self, column: Column, language: Language) -> String {
        let Row { state, revision, entry, standing, until } = self;
        let day = |it: Option<Date>| it.map(|it| it.to_string()).unwrap_or_default();
        match column {
            Column::List => revision.list.to_string(),
            Column::Version => revision.version.to_string(),
            Column::Standing => standing.word().to_owned(),
            Column::Published => revision.published.to_string(),
            Column::Effective => day(revision.effective.map(|it| it.0)),
            Column::Until => day(until),
            Column::Scope => match &revision.scope {
                Scope::All => "*".to_owned(),
                Scope::Only(scope) => join(scope),
            },
            Column::AppliesWhen => {
                let all = revision.applies_when.iter().map(|(fact, it)| condition(fact, it, &state.vocabulary));
                all.collect::<Vec<_>>().join("; ")
            }
            Column::AppliesTo => self.destinations(&revision.applies_to),
            Column::Entry => entry.id.to_string(),
            // A group means nothing without its list.
            Column::Own(table::Column::To) => self.destinations(&entry.to),
            Column::Own(column) => cell(entry, column, &state.vocabulary, language),
            Column::Source => revision.source.title.clone(),
            Column::Url => revision.source.url.clone(),
            Column::Checked => revision.source.checked.to_string(),
            Column::Confidence => revision.source.confidence.word().to_owned(),
        }
    }

    /// Writes destinations with the groups spelled out.
    fn destinations(self, destinations: &Destinations) -> String {
        let places = |members: &BTreeSet<Member>| match self.revision.codes(members) {
            codes if codes.is_empty() => "(nothing)".to_owned(),
            codes => join(&codes),
        };
        match destinations {
            Destinations::Any => String::new(),
            Destinations::Only(members) => format!("only: {}", places(members)),
            Destinations::Except(members) => format!("except: {}", places(members)),
        }
    }
}

fn join<T: std::fmt::Display>(all: &BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
