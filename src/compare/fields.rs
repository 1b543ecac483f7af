//! Entries and revisions field by field, as texts that can be compared and
//! read.

use std::collections::BTreeSet;

use crate::model::{Effect, Entry, EntryNote, Revision, Scope, Text, in_words};

/// A field that changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The field, as it is written in a list's file.
    pub field: String,
    /// What became of it.
    pub difference: Difference,
}

/// What became of a field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// It has another value; none where it was not stated.
    Value {
        /// The value before.
        before: Option<String>,
        /// The value after.
        after: Option<String>,
    },
    /// It has other members.
    Members {
        /// Those that came.
        added: BTreeSet<String>,
        /// Those that went.
        removed: BTreeSet<String>,
    },
}

/// Returns what changed in an entry.
pub(super) fn entry_changes(before: &Entry, after: &Entry) -> Vec<Change> {
    changes(&entry_fields(before), &entry_fields(after))
}

/// Returns what changed in a revision besides its entries.
pub(super) fn header_changes(before: &Revision, after: &Revision) -> Vec<Change> {
    changes(&header_fields(before), &header_fields(after))
}

type Fields = Vec<(String, Field)>;

enum Field {
    Value(String),
    Members(BTreeSet<String>),
}

fn changes(before: &Fields, after: &Fields) -> Vec<Change> {
    let find = |fields: &Fields, name: &str| fields.iter().position(|(it, _)| it == name);
    let gone = before.iter().filter(|(name, _)| find(after, name).is_none());
    let names = after.iter().chain(gone).map(|(name, _)| name);
    let none = || Field::Value(String::new());
    let differing = names.filter_map(|name| {
        let field = |fields: &Fields| {
            let found = find(fields, name).and_then(|it| fields.get(it));
            found.map_or_else(none, |(_, it)| match it {
                Field::Value(value) => Field::Value(value.clone()),
                Field::Members(members) => Field::Members(members.clone()),
            })
        };
        let difference = difference(field(before), field(after))?;
        Some(Change { field: name.clone(), difference })
    });
    differing.collect()
}

fn difference(before: Field, after: Field) -> Option<Difference> {
    let members = |it: Field| match it {
        Field::Members(members) => members,
        Field::Value(_) => BTreeSet::new(),
    };
    match (before, after) {
        (Field::Value(before), Field::Value(after)) => {
            let stated = |it: String| Some(it).filter(|it| !it.is_empty());
            (before != after).then(|| Difference::Value { before: stated(before), after: stated(after) })
        }
        // A group that is new or gone had or has no members.
        (before, after) => {
            let (before, after) = (members(before), members(after));
            let (added, removed): (BTreeSet<_>, BTreeSet<_>) = (&after - &before, &before - &after);
            (before != after).then_some(Difference::Members { added, removed })
        }
    }
}

fn entry_fields(entry: &Entry) -> Fields {
    let effect = match &entry.effect {
        Effect::Notice => "notice",
        Effect::Conditional(_) => "conditional",
        Effect::Undetermined => "undetermined",
        Effect::Prohibited => "prohibited",
    };
    let ways = match &entry.effect {
        Effect::Conditional(ways) => ways.iter().map(ToString::to_string).collect(),
        Effect::Notice | Effect::Undetermined | Effect::Prohibited => BTreeSet::new(),
    };
    let mut fields = vec![
        members("category", &entry.categories),
        members("except", &entry.except),
        value("to", entry.to.to_string()),
        ("when".to_owned(), Field::Members(in_words(&entry.when).collect())),
        value("effect", effect),
        ("requires".to_owned(), Field::Members(ways)),
        members("exemptions", &entry.exemptions),
        members("duties", &entry.duties),
        value("objective", entry.objective.word()),
        value("cite", &entry.cite),
    ];
    fields.extend(texts("note", &entry.note));
    fields.push(value("combine", entry.combine.as_ref().map(ToString::to_string).unwrap_or_default()));
    fields.extend(notes(&entry.notes));
    fields
}

fn header_fields(revision: &Revision) -> Fields {
    let or_none = |it: Option<String>| it.unwrap_or_default();
    let scope = match &revision.scope {
        Scope::All => BTreeSet::from(["*".to_owned()]),
        Scope::Only(categories) => categories.iter().map(ToString::to_string).collect(),
    };
    let source = &revision.source;
    let mut fields = Fields::new();
    fields.extend(texts("title", &revision.title));
    fields.extend([
        value("authority", &revision.authority),
        value("published", revision.published.to_string()),
        value("effective", or_none(revision.effective.map(|it| it.to_string()))),
        value("expires", or_none(revision.expires.map(|it| it.to_string()))),
        value("repeals", if revision.repeals { "true" } else { "" }),
        members("withdraws", &revision.withdraws),
    ]);
    fields.extend(texts("retroactive", &revision.retroactive.clone().unwrap_or_default()));
    fields.extend([
        value("catalog", revision.catalog.to_string()),
        value("status", revision.status.word()),
        ("scope".to_owned(), Field::Members(scope)),
        value("border", revision.border().to_string()),
        value("within", if revision.within { "true" } else { "" }),
        members("displaces", &revision.displaces),
        ("applies-when".to_owned(), Field::Members(in_words(&revision.applies_when).collect())),
        value("applies-to", revision.applies_to.to_string()),
    ]);
    fields.extend(texts("summary", &revision.summary));
    fields.extend([
        value("source.title", &source.title),
        value("source.citation", &source.citation),
        value("source.url", &source.url),
        value("source.checked", source.checked.to_string()),
        value("source.confidence", source.confidence.word()),
    ]);
    fields.extend(revision.groups.iter().map(|(group, it)| members(&format!("groups.{group}"), it)));
    fields.extend(revision.combine.iter().map(|(group, it)| members(&format!("combine.{group}"), it)));
    fields.extend(both("doubts", revision.doubts.iter().map(|it| [it.en.clone(), it.zh.clone()])));
    fields.extend(notes(&revision.notes));
    fields
}

fn value(name: &str, value: impl Into<String>) -> (String, Field) {
    (name.to_owned(), Field::Value(value.into()))
}

fn members<'m, T: ToString + 'm>(name: &str, members: impl IntoIterator<Item = &'m T>) -> (String, Field) {
    (name.to_owned(), Field::Members(members.into_iter().map(ToString::to_string).collect()))
}

fn texts(name: &str, text: &Text) -> [(String, Field); 2] {
    [value(&format!("{name}.en"), &text.en), value(&format!("{name}.zh"), &text.zh)]
}

fn notes(notes: &[EntryNote]) -> [(String, Field); 2] {
    both("notes", notes.iter().map(|it| [&it.text.en, &it.text.zh].map(|text| format!("{}: {text}", it.kind.word()))))
}

/// Returns texts in both languages, each language in a field of its own.
fn both(name: &str, texts: impl Iterator<Item = [String; 2]>) -> [(String, Field); 2] {
    let (mut in_en, mut in_zh) = (BTreeSet::new(), BTreeSet::new());
    for [en, zh] in texts {
        in_en.insert(en);
        in_zh.insert(zh);
    }
    [(format!("{name}.en"), Field::Members(in_en)), (format!("{name}.zh"), Field::Members(in_zh))]
}
