//! The forms of entries, and of what entries and headers are made of.
//!
//! Every field is always there, `null` or empty where nothing is said, so that
//! one revision has one spelling. The names are frozen with format v1.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::canon::bytes::{ENTRY, NotCanonical, WORDS, canonical_form, hash_in};
use crate::canon::digest::HashForm;
use crate::canon::sparse::{Sparse, sparse, write_json, write_member};
use crate::model::{
    Alternative, Bounds, Condition, Count, Destinations, Effect, Entry, EntryNote, EntryNoteKind, FactId, Hash, Member,
    Objective, Text, When,
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
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
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
    #[serde(default)]
    all: Vec<String>,
    #[serde(default)]
    when: BTreeMap<String, ConditionForm>,
}

/// A note of an entry or a revision.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteForm {
    kind: String,
    text: TextForm,
}

/// An entry.
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

/// What an entry binds: what is hashed of it. It commits to its words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct BindingForm {
    pub(crate) category: Vec<String>,
    pub(crate) combine: Option<String>,
    pub(crate) duties: Vec<String>,
    pub(crate) effect: String,
    pub(crate) except: Vec<String>,
    pub(crate) exemptions: Vec<String>,
    pub(crate) id: String,
    pub(crate) objective: String,
    pub(crate) requires: Vec<AlternativeForm>,
    pub(crate) to: ToForm,
    pub(crate) when: BTreeMap<String, ConditionForm>,
    pub(crate) words: HashForm,
}

/// What people read of an entry that applies.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordsForm {
    pub(crate) cite: String,
    pub(crate) note: TextForm,
    pub(crate) notes: Vec<NoteForm>,
}

sparse! {
    TextForm { en, zh }
    ToForm { except, only }
    AlternativeForm { all, when }
    NoteForm { kind, text }
}

/// What a condition allows stays, though it be nothing.
impl Sparse for ConditionForm {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            ConditionForm::Flag(_) | ConditionForm::Choice(_) => write_json(self, out),
            ConditionForm::Count { at_least, below, window } => {
                out.extend(br#"{"count":{"#);
                write_member("at_least", at_least, out);
                write_member("below", below, out);
                write_member("window", window, out);
                out.extend(b"}}");
            }
        }
    }
}

impl WordsForm {
    pub(crate) fn hash(&self) -> Hash {
        hash_in(WORDS, &canonical_form(self))
    }

    /// Returns the words of an entry of which they are not known.
    pub(crate) fn unknown() -> WordsForm {
        let note = TextForm { en: String::new(), zh: String::new() };
        WordsForm { cite: String::new(), note, notes: Vec::new() }
    }
}

impl BindingForm {
    /// Returns the hash of the entry.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(ENTRY, &canonical_form(self))
    }

    /// Puts the words beside what an entry binds.
    pub(crate) fn with(self, words: WordsForm) -> EntryForm {
        let BindingForm {
            category,
            combine,
            duties,
            effect,
            except,
            exemptions,
            id,
            objective,
            requires,
            to,
            when,
            ..
        } = self;
        let WordsForm { cite, note, notes } = words;
        EntryForm {
            category,
            cite,
            combine,
            duties,
            effect,
            except,
            exemptions,
            id,
            note,
            notes,
            objective,
            requires,
            to,
            when,
        }
    }
}

impl EntryForm {
    /// Takes the words apart from what the entry binds.
    pub(crate) fn apart(self) -> (BindingForm, WordsForm) {
        let words = WordsForm { cite: self.cite, note: self.note, notes: self.notes };
        let binding = BindingForm {
            category: self.category,
            combine: self.combine,
            duties: self.duties,
            effect: self.effect,
            except: self.except,
            exemptions: self.exemptions,
            id: self.id,
            objective: self.objective,
            requires: self.requires,
            to: self.to,
            when: self.when,
            words: words.hash().into(),
        };
        (binding, words)
    }
}

/// Returns the hash of an entry.
pub fn entry_hash(entry: &Entry) -> Hash {
    EntryForm::from(entry).apart().0.hash()
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
    pub(crate) fn read(self) -> Read<Destinations> {
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
    pub(crate) fn read(self) -> Read<EntryNote> {
        let kind = word(&EntryNoteKind::ALL, EntryNoteKind::word, &self.kind)?;
        Ok(EntryNote { kind, text: self.text.into() })
    }
}

pub(crate) fn write_when(when: &When) -> BTreeMap<String, ConditionForm> {
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

pub(crate) fn read_when(form: &BTreeMap<String, ConditionForm>) -> Read<When> {
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

pub(crate) fn read_map<K: FromStr + Ord, V: FromStr + Ord>(
    form: &BTreeMap<String, Vec<String>>,
) -> Read<BTreeMap<K, BTreeSet<V>>>
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
