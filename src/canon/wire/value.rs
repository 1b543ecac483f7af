//! The values of a question, borrowed from its line where nothing in them is
//! escaped.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A text that is a part of the line unless something in it is escaped.
#[derive(Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub(super) struct TextForm<'t>(#[serde(borrow)] pub(super) Cow<'t, str>);

/// How many people an item is about.
pub(super) enum SubjectsForm<'t> {
    Each(u64),
    In(BTreeMap<TextForm<'t>, u64>),
}

/// What is stated of a fact.
pub(super) enum FactValueForm<'t> {
    Flag(bool),
    Count(u64),
    Choice(TextForm<'t>),
}

/// A map in which no key stands twice: of two that contradict each other the
/// last one would win without a word.
pub(super) struct EachOnce<'t, V>(pub(super) BTreeMap<TextForm<'t>, V>);

impl<V> Default for EachOnce<'_, V> {
    fn default() -> Self {
        EachOnce(BTreeMap::new())
    }
}

impl<'de: 't, 't, V: Deserialize<'de>> Deserialize<'de> for EachOnce<'t, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading<'t, V>(PhantomData<(&'t str, V)>);

        impl<'de: 't, 't, V: Deserialize<'de>> Visitor<'de> for Reading<'t, V> {
            type Value = EachOnce<'t, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = access.next_entry::<TextForm<'t>, V>()? {
                    if map.contains_key(&key) {
                        return Err(serde::de::Error::custom(format!("`{}` is stated twice", key.0)));
                    }
                    map.insert(key, value);
                }
                Ok(EachOnce(map))
            }
        }

        deserializer.deserialize_map(Reading(PhantomData))
    }
}

impl<'de: 't, 't> Deserialize<'de> for FactValueForm<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match AnyForm::deserialize(deserializer)? {
            AnyForm::Flag(stated) => Ok(FactValueForm::Flag(stated)),
            AnyForm::Count(number) => Ok(FactValueForm::Count(number)),
            AnyForm::Text(choice) => Ok(FactValueForm::Choice(choice)),
            AnyForm::Counts(_) | AnyForm::Other => {
                Err(serde::de::Error::custom("expected true, false, a number or a text"))
            }
        }
    }
}

impl<'de: 't, 't> Deserialize<'de> for SubjectsForm<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match AnyForm::deserialize(deserializer)? {
            AnyForm::Count(number) => Ok(SubjectsForm::Each(number)),
            AnyForm::Counts(counts) => Ok(SubjectsForm::In(counts)),
            AnyForm::Flag(_) | AnyForm::Text(_) | AnyForm::Other => {
                Err(serde::de::Error::custom("expected a number, or a number for each window"))
            }
        }
    }
}

/// Any value, read to its end before anything is said about it, so that what
/// is no JSON at all is said first.
enum AnyForm<'t> {
    Flag(bool),
    Count(u64),
    Text(TextForm<'t>),
    /// An object of numbers in which no key stands twice.
    Counts(BTreeMap<TextForm<'t>, u64>),
    Other,
}

impl<'de: 't, 't> Deserialize<'de> for AnyForm<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadingAny(PhantomData))
    }
}

struct ReadingAny<'t>(PhantomData<&'t str>);

impl<'de: 't, 't> Visitor<'de> for ReadingAny<'t> {
    type Value = AnyForm<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Flag(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Count(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Other)
    }

    fn visit_unit<E>(self) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Other)
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Text(TextForm(Cow::Borrowed(value))))
    }

    fn visit_str<E>(self, value: &str) -> Result<AnyForm<'t>, E> {
        Ok(AnyForm::Text(TextForm(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<AnyForm<'t>, A::Error> {
        while access.next_element::<AnyForm<'t>>()?.is_some() {}
        Ok(AnyForm::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<AnyForm<'t>, A::Error> {
        let mut counts = Some(BTreeMap::new());
        while let Some((key, value)) = access.next_entry::<TextForm<'t>, AnyForm<'t>>()? {
            counts = counts.filter(|it| !it.contains_key(&key));
            if let (Some(counts), AnyForm::Count(number)) = (&mut counts, value) {
                counts.insert(key, number);
            } else {
                counts = None;
            }
        }
        Ok(counts.map_or(AnyForm::Other, AnyForm::Counts))
    }
}
