//! What entries bind, as a receipt shows it.
//!
//! Entries of one list often have the same ways and the same exemptions, one
//! entry for each destination: what one before said at length is not said again.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::canon::{AlternativeForm, BindingForm, ConditionForm, HashForm, Sparse, ToForm, sparse, write_json};
use crate::receipt::InvalidReceipt;

/// What an entry binds. Words are said by their hash where they do not follow
/// from the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShownForm {
    #[serde(default)]
    category: SameForm<Vec<String>>,
    combine: Option<String>,
    #[serde(default)]
    duties: Vec<String>,
    effect: String,
    #[serde(default)]
    except: SameForm<Vec<String>>,
    #[serde(default)]
    exemptions: SameForm<Vec<String>>,
    pub(super) id: String,
    objective: String,
    #[serde(default)]
    requires: SameForm<Vec<AlternativeForm>>,
    #[serde(default)]
    to: ToForm,
    #[serde(default)]
    when: SameForm<BTreeMap<String, ConditionForm>>,
    #[serde(default)]
    words: HashForm,
}

/// What an entry says under a key, or the first entry before it that says the
/// same there, if it is of two parts or more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SameForm<T> {
    Said(T),
    As(String),
}

sparse! {
    ShownForm { category, combine, duties, effect, except, exemptions, id, objective, requires, to, when, words }
}

impl<T: Default> Default for SameForm<T> {
    fn default() -> SameForm<T> {
        SameForm::Said(T::default())
    }
}

impl<T: Sparse> Sparse for SameForm<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            SameForm::Said(it) => it.write(out),
            SameForm::As(id) => write_json(id, out),
        }
    }

    fn is_left_out(&self) -> bool {
        matches!(self, SameForm::Said(it) if it.is_left_out())
    }
}

/// What has parts.
trait Parts {
    fn parts(&self) -> usize;
}

impl<T> Parts for Vec<T> {
    fn parts(&self) -> usize {
        self.len()
    }
}

impl<K, T> Parts for BTreeMap<K, T> {
    fn parts(&self) -> usize {
        self.len()
    }
}

/// What was said under a key so far, each by the first entry that did.
struct Sayings<T>(Vec<(String, T)>);

impl<T: Clone + Parts + PartialEq> Sayings<T> {
    fn none() -> Sayings<T> {
        Sayings(Vec::new())
    }

    fn first(&self, said: &T) -> Option<&str> {
        self.0.iter().find(|(_, it)| it == said).map(|(id, _)| id.as_str())
    }

    fn keep(&mut self, id: &str, said: &T) {
        if 1 < said.parts() {
            self.0.push((id.to_owned(), said.clone()));
        }
    }

    fn shorten(&mut self, id: &str, said: T) -> SameForm<T> {
        if let Some(first) = self.first(&said) {
            return SameForm::As(first.to_owned());
        }
        self.keep(id, &said);
        SameForm::Said(said)
    }

    fn spell(&mut self, id: &str, form: SameForm<T>) -> Result<T, InvalidReceipt> {
        match form {
            SameForm::Said(said) if self.first(&said).is_some() => {
                Err(InvalidReceipt::Needless(format!("what the entry {id} says as another does")))
            }
            SameForm::Said(said) => {
                self.keep(id, &said);
                Ok(said)
            }
            SameForm::As(first) => {
                let said = self.0.iter().find(|(id, _)| *id == first).map(|(_, it)| it.clone());
                said.ok_or_else(|| InvalidReceipt::Missing(format!("what the entry {first} says")))
            }
        }
    }
}

/// What was said so far under each key that may be long.
struct Said {
    category: Sayings<Vec<String>>,
    except: Sayings<Vec<String>>,
    exemptions: Sayings<Vec<String>>,
    requires: Sayings<Vec<AlternativeForm>>,
    when: Sayings<BTreeMap<String, ConditionForm>>,
}

impl Said {
    fn nothing() -> Said {
        let none = Sayings::none;
        let (category, except, exemptions) = (none(), none(), none());
        Said { category, except, exemptions, requires: Sayings::none(), when: Sayings::none() }
    }
}

/// Writes entries, which are sorted by id.
pub(super) fn shown(entries: Vec<BindingForm>) -> Vec<ShownForm> {
    let mut said = Said::nothing();
    let form = |it: BindingForm| ShownForm {
        category: said.category.shorten(&it.id, it.category),
        combine: it.combine,
        duties: it.duties,
        effect: it.effect,
        except: said.except.shorten(&it.id, it.except),
        exemptions: said.exemptions.shorten(&it.id, it.exemptions),
        objective: it.objective,
        requires: said.requires.shorten(&it.id, it.requires),
        to: it.to,
        when: said.when.shorten(&it.id, it.when),
        words: it.words,
        id: it.id,
    };
    entries.into_iter().map(form).collect()
}

/// Reads entries.
pub(super) fn read_shown(forms: Vec<ShownForm>) -> Result<Vec<BindingForm>, InvalidReceipt> {
    if !forms.is_sorted_by(|a, b| a.id < b.id) {
        return Err(InvalidReceipt::Unsorted);
    }
    let mut said = Said::nothing();
    let binding = |it: ShownForm| {
        Ok(BindingForm {
            category: said.category.spell(&it.id, it.category)?,
            combine: it.combine,
            duties: it.duties,
            effect: it.effect,
            except: said.except.spell(&it.id, it.except)?,
            exemptions: said.exemptions.spell(&it.id, it.exemptions)?,
            objective: it.objective,
            requires: said.requires.spell(&it.id, it.requires)?,
            to: it.to,
            when: said.when.spell(&it.id, it.when)?,
            words: it.words,
            id: it.id,
        })
    };
    forms.into_iter().map(binding).collect()
}
