//! The forms of entries and revision headers: what is hashed of them.
//!
//! Every field is always there, `null` or empty where nothing is said, so that
//! one revision has one spelling. The names are frozen with format v1.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::canon::bytes::{ENTRY, NotCanonical, canonical_form, hash_in};
use crate::canon::tree::{Root, entries_root};
use crate::model::{
    Alternative, Bounds, Condition, Confidence, Count, Destinations, Effect, Entries, Entry, EntryNote, EntryNoteKind,
    FactId, Hash, Issued, Member, Objective, Revision, Scope, Source, Status, Text, When, date,
};

type Read<T> = Result<T, NotCanonical>;

/// A text in both languages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TextForm {
    pub(crate) en: String,
    pub(crate) zh: String,
}

/// Destinations: at most one of the two is not `null`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToForm {
    except: Option<Vec<String>>,
    only: Option<Vec<String>>,
}

/// A condition on one fact.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum ConditionForm {
    /// The flag is this.
    Flag(bool),
    /// The choice is one of these.
    Choice(Vec<String>),
    /// The count is in a range.
    Count {
        /// The lowest.
        at_least: u64,
        /// The lowest above.
        below: Option<u64>,
        /// Over which time it is taken.
        window: Option<String>,
    },
}

/// An alternative of a conditional entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlternativeForm {
    all: Vec<String>,
    when: BTreeMap<String, ConditionForm>,
}

/// A note of an entry or a revision.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteForm {
    kind: String,
    text: TextForm,
}

/// What is hashed of an entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EntryForm {
    pub(crate) category: Vec<String>,
    cite: String,
    combine: Option<String>,
    duties: Vec<String>,
    effect: String,
    except: Vec<String>,
    exemptions: Vec<String>,
    pub(crate) id: String,
    note: TextForm,
    notes: Vec<NoteForm>,
    objective: String,
    requires: Vec<AlternativeForm>,
    to: ToForm,
    when: BTreeMap<String, ConditionForm>,
}

/// What is hashed of a revision: everything but the entries, to which it
/// commits by their root and number.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderForm {
    applies_to: ToForm,
    applies_when: BTreeMap<String, ConditionForm>,
    authority: String,
    border: Option<String>,
    catalog: String,
    combine: BTreeMap<String, Vec<String>>,
    displaces: Vec<String>,
    doubts: Vec<TextForm>,
    effective: Option<String>,
    entries: u64,
    entries_root: String,
    expires: Option<String>,
    groups: BTreeMap<String, Vec<String>>,
    pub(crate) list: String,
    notes: Vec<NoteForm>,
    previous: Option<String>,
    published: String,
    repeals: bool,
    retroactive: Option<TextForm>,
    scope: Vec<String>,
    pub(crate) sequence: u64,
    source: SourceForm,
    status: String,
    summary: TextForm,
    title: TextForm,
    version: String,
    withdraws: Vec<String>,
    within: bool,
}

/// Where a revision can be read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceForm {
    checked: String,
    citation: String,
    confidence: String,
    title: String,
    url: String,
}

/// Returns the hash under which an entry is kept.
pub fn entry_hash(entry: &Entry) -> Hash {
    hash_in(ENTRY, &canonical_form(&EntryForm::from(entry)))
}

/// Reads an entry from its form.
pub fn entry_from(form: EntryForm) -> Read<Entry> {
    Ok(Entry {
        id: parse(&form.id)?,
        categories: parse_all(&form.category)?,
        except: parse_all(&form.except)?,
        to: form.to.read()?,
        when: read_when(&form.when)?,
        effect: read_effect(&form.effect, &form.requires)?,
        exemptions: parse_all(&form.exemptions)?,
        duties: parse_all(&form.duties)?,
        objective: word(&Objective::ALL, Objective::word, &form.objective)?,
        cite: form.cite,
        note: form.note.into(),
        combine: form.combine.map(|it| parse(&it)).transpose()?,
        notes: form.notes.into_iter().map(NoteForm::read).collect::<Read<_>>()?,
    })
}

impl HeaderForm {
    /// Writes the header of a revision at its place in the chain.
    pub fn write(revision: &Revision, sequence: u64, previous: Option<Hash>) -> HeaderForm {
        HeaderForm::committing(revision, sequence, previous, entries_root(revision))
    }

    /// Writes the header of a revision, the root over whose entries is known.
    pub(crate) fn committing(revision: &Revision, sequence: u64, previous: Option<Hash>, root: Root) -> HeaderForm {
        let entries_root = root.hash.to_string();
        HeaderForm { entries_root, entries: root.leaves, ..HeaderForm::bare(revision, sequence, previous) }
    }

    /// Writes what a header says, without what it commits to: for views, which
    /// commit to nothing.
    pub fn bare(revision: &Revision, sequence: u64, previous: Option<Hash>) -> HeaderForm {
        HeaderForm {
            list: revision.list.to_string(),
            sequence,
            previous: previous.map(|it| it.to_string()),
            version: revision.version.to_string(),
            title: (&revision.title).into(),
            authority: revision.authority.clone(),
            published: revision.published.to_string(),
            effective: revision.effective.map(|it| it.to_string()),
            expires: revision.expires.map(|it| it.to_string()),
            repeals: revision.repeals,
            withdraws: strings(&revision.withdraws),
            retroactive: revision.retroactive.as_ref().map(TextForm::from),
            catalog: revision.catalog.to_string(),
            status: revision.status.word().to_owned(),
            scope: match &revision.scope {
                Scope::All => vec!["*".to_owned()],
                Scope::Only(categories) => strings(categories),
            },
            border: revision.border.as_ref().map(ToString::to_string),
            within: revision.within,
            displaces: strings(&revision.displaces),
            applies_when: write_when(&revision.applies_when),
            applies_to: (&revision.applies_to).into(),
            summary: (&revision.summary).into(),
            source: (&revision.source).into(),
            groups: revision.groups.iter().map(|(id, it)| (id.to_string(), strings(it))).collect(),
            combine: revision.combine.iter().map(|(id, it)| (id.to_string(), strings(it))).collect(),
            doubts: revision.doubts.iter().map(TextForm::from).collect(),
            notes: revision.notes.iter().map(NoteForm::from).collect(),
            entries_root: String::new(),
            entries: 0,
        }
    }

    /// Reads a revision from its header and its entries. That the header
    /// commits to these entries is not checked here.
    pub fn read(self, entries: Entries) -> Read<Revision> {
        let is_all = self.scope.iter().any(|it| it == "*");
        Ok(Revision {
            list: parse(&self.list)?,
            version: parse(&self.version)?,
            title: self.title.into(),
            authority: self.authority,
            published: parse(&self.published)?,
            effective: self.effective.map(|it| parse(&it)).transpose()?,
            expires: self.expires.map(|it| date::read(&it)).transpose().map_err(NotCanonical::value)?,
            repeals: self.repeals,
            withdraws: parse_all(&self.withdraws)?,
            retroactive: self.retroactive.map(Text::from),
            catalog: parse(&self.catalog)?,
            status: word(&Status::ALL, Status::word, &self.status)?,
            scope: if is_all { Scope::All } else { Scope::Only(parse_all(&self.scope)?) },
            border: self.border.map(|it| parse(&it)).transpose()?,
            within: self.within,
            displaces: parse_all(&self.displaces)?,
            applies_when: read_when(&self.applies_when)?,
            applies_to: self.applies_to.read()?,
            summary: self.summary.into(),
            source: self.source.read()?,
            groups: read_map(&self.groups)?,
            combine: read_map(&self.combine)?,
            entries,
            doubts: self.doubts.into_iter().map(Text::from).collect(),
            notes: self.notes.into_iter().map(NoteForm::read).collect::<Read<_>>()?,
        })
    }

    /// Returns whether thresholds are shared between entries.
    pub fn has_combine_groups(&self) -> bool {
        !self.combine.is_empty()
    }

    /// Reads a revision that was verified before, with its place in the chain
    /// and without its entries.
    pub fn read_issued(self, hash: Hash) -> Read<Issued> {
        let sequence = self.sequence;
        let previous = self.previous.as_deref().map(parse).transpose()?;
        Ok(Issued { sequence, previous, hash, revision: self.read(Entries::new())? })
    }
}

impl From<&Entry> for EntryForm {
    fn from(entry: &Entry) -> EntryForm {
        let (effect, requires) = match &entry.effect {
            Effect::Notice => ("notice", &[][..]),
            Effect::Conditional(ways) => ("conditional", ways.as_slice()),
            Effect::Undetermined => ("undetermined", &[][..]),
            Effect::Prohibited => ("prohibited", &[][..]),
        };
        let way = |it: &Alternative| AlternativeForm { all: strings(&it.all), when: write_when(&it.when) };
        EntryForm {
            id: entry.id.to_string(),
            category: strings(&entry.categories),
            except: strings(&entry.except),
            to: (&entry.to).into(),
            when: write_when(&entry.when),
            effect: effect.to_owned(),
            requires: requires.iter().map(way).collect(),
            exemptions: strings(&entry.exemptions),
            duties: strings(&entry.duties),
            objective: entry.objective.word().to_owned(),
            cite: entry.cite.clone(),
            note: (&entry.note).into(),
            combine: entry.combine.as_ref().map(ToString::to_string),
            notes: entry.notes.iter().map(NoteForm::from).collect(),
        }
    }
}

impl From<&Text> for TextForm {
    fn from(text: &Text) -> TextForm {
        TextForm { en: text.en.clone(), zh: text.zh.clone() }
    }
}

impl From<TextForm> for Text {
    fn from(form: TextForm) -> Text {
        Text { en: form.en, zh: form.zh }
    }
}

impl From<&Destinations> for ToForm {
    fn from(to: &Destinations) -> ToForm {
        match to {
            Destinations::Any => ToForm { only: None, except: None },
            Destinations::Only(members) => ToForm { only: Some(strings(members)), except: None },
            Destinations::Except(members) => ToForm { only: None, except: Some(strings(members)) },
        }
    }
}

impl ToForm {
    fn read(self) -> Read<Destinations> {
        let members = |all: Vec<String>| all.iter().map(|it| read_member(it)).collect::<Read<BTreeSet<_>>>();
        match (self.only, self.except) {
            (None, None) => Ok(Destinations::Any),
            (Some(only), None) => Ok(Destinations::Only(members(only)?)),
            (None, Some(except)) => Ok(Destinations::Except(members(except)?)),
            (Some(_), Some(_)) => Err(NotCanonical::Value("destinations are `only` or `except`, not both".to_owned())),
        }
    }
}

/// Reads a destination: a code of capitals, or a group of small letters.
pub(crate) fn read_member(text: &str) -> Read<Member> {
    text.parse().map(Member::Place).or_else(|_| parse(text).map(Member::Group))
}

impl From<&EntryNote> for NoteForm {
    fn from(note: &EntryNote) -> NoteForm {
        NoteForm { kind: note.kind.word().to_owned(), text: (&note.text).into() }
    }
}

impl NoteForm {
    fn read(self) -> Read<EntryNote> {
        let kind = word(&EntryNoteKind::ALL, EntryNoteKind::word, &self.kind)?;
        Ok(EntryNote { kind, text: self.text.into() })
    }
}

impl From<&Source> for SourceForm {
    fn from(source: &Source) -> SourceForm {
        SourceForm {
            title: source.title.clone(),
            citation: source.citation.clone(),
            url: source.url.clone(),
            checked: source.checked.to_string(),
            confidence: source.confidence.word().to_owned(),
        }
    }
}

impl SourceForm {
    fn read(self) -> Read<Source> {
        Ok(Source {
            title: self.title,
            citation: self.citation,
            url: self.url,
            checked: date::read(&self.checked).map_err(NotCanonical::value)?,
            confidence: word(&Confidence::ALL, Confidence::word, &self.confidence)?,
        })
    }
}

fn write_when(when: &When) -> BTreeMap<String, ConditionForm> {
    let form = |condition: &Condition| match condition {
        Condition::Flag(expected) => ConditionForm::Flag(*expected),
        Condition::Choice(among) => ConditionForm::Choice(strings(among)),
        Condition::Count(bounds, window) => ConditionForm::Count {
            at_least: bounds.at_least().number(),
            below: bounds.below().map(Count::number),
            window: window.as_ref().map(ToString::to_string),
        },
    };
    when.iter().map(|(fact, condition)| (fact.to_string(), form(condition))).collect()
}

fn read_when(form: &BTreeMap<String, ConditionForm>) -> Read<When> {
    let count = |number: u64| Count::new(number).map_err(NotCanonical::value);
    let condition = |form: &ConditionForm| {
        Ok(match form {
            ConditionForm::Flag(expected) => Condition::Flag(*expected),
            ConditionForm::Choice(among) => Condition::Choice(parse_all(among)?),
            ConditionForm::Count { at_least, below, window } => {
                let bounds = Bounds::new(Some(count(*at_least)?), below.map(count).transpose()?);
                let window = window.as_deref().map(parse).transpose()?;
                Condition::Count(bounds.map_err(NotCanonical::value)?, window)
            }
        })
    };
    form.iter().map(|(fact, it)| Ok((parse::<FactId>(fact)?, condition(it)?))).collect()
}

fn read_effect(effect: &str, requires: &[AlternativeForm]) -> Read<Effect> {
    let ways = requires.iter().map(|it| Ok(Alternative { all: parse_all(&it.all)?, when: read_when(&it.when)? }));
    match (effect, requires.is_empty()) {
        ("notice", true) => Ok(Effect::Notice),
        ("undetermined", true) => Ok(Effect::Undetermined),
        ("prohibited", true) => Ok(Effect::Prohibited),
        ("conditional", false) => Ok(Effect::Conditional(ways.collect::<Read<_>>()?)),
        _ => Err(NotCanonical::Value(format!("`requires` goes with the effect `conditional`, found `{effect}`"))),
    }
}

fn read_map<K: FromStr + Ord, V: FromStr + Ord>(form: &BTreeMap<String, Vec<String>>) -> Read<BTreeMap<K, BTreeSet<V>>>
where
    K::Err: std::fmt::Display,
    V::Err: std::fmt::Display,
{
    form.iter().map(|(key, values)| Ok((parse(key)?, parse_all(values)?))).collect()
}

pub(crate) fn strings(all: &BTreeSet<impl ToString>) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

pub(crate) fn parse<T: FromStr>(text: &str) -> Read<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(NotCanonical::value)
}

pub(crate) fn parse_all<T: FromStr + Ord>(texts: &[String]) -> Read<BTreeSet<T>>
where
    T::Err: std::fmt::Display,
{
    texts.iter().map(|it| parse(it)).collect()
}

/// Reads one of a few words.
pub(crate) fn word<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, text: &str) -> Read<T> {
    let found = all.iter().copied().find(|it| word(*it) == text);
    found.ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|it| format!("`{}`", word(*it))).collect();
        NotCanonical::Value(format!("expected one of {}, found `{text}`", words.join(", ")))
    })
}
