//! The names of things: newtypes over text, each with its alphabet.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::model::text::is_plain;

/// A text that is not a well-formed id, with what would be.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{}` is not a {what}: expected {expected}{}", shown(.text), strange(.text))]
pub struct MalformedId {
    /// What was written.
    pub text: String,
    /// The kind of id.
    pub what: &'static str,
    /// What would be right.
    pub expected: &'static str,
}

/// Longer ids than this are refused: they come from strangers.
const MAX_LENGTH: usize = 120;

/// Returns a text as it can be read: not longer than an id may be, and what is
/// not seen as what it is.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for it in text.chars().take(MAX_LENGTH) {
        if is_plain(it) { shown.push(it) } else { shown.extend(it.escape_unicode()) }
    }
    if text.chars().nth(MAX_LENGTH).is_some() { shown + "…" } else { shown }
}

/// Names a letter that looks like one of ASCII, or like none: of two words that
/// look the same, only this tells which one is wrong.
fn strange(text: &str) -> String {
    let is_in_part = text.contains(|it: char| it.is_ascii_alphanumeric());
    let strange = text.chars().find(|it| !it.is_ascii() || !is_plain(*it)).filter(|_| is_in_part);
    strange.map_or(String::new(), |it| format!("; `{}` is U+{:04X}", shown(&it.to_string()), u32::from(it)))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is_valid:path, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<$name, MalformedId> {
                if text.len() <= MAX_LENGTH && $is_valid(text) {
                    return Ok($name(text.into()));
                }
                Err(MalformedId { text: text.to_owned(), what: $what, expected: $expected })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// A place with a law of its own: ISO 3166-1 alpha-2 (`CN`), ISO 3166-2
    /// (`US-TX`), a zone under one (`CN-BJ-FTZ`), a bloc (`EEA`), or an
    /// organisation with a territory of its own in law (`org:EPO`).
    ///
    /// Invariant: capitals and digits joined by single hyphens, after `org:`
    /// for an organisation.
    Jurisdiction, "jurisdiction", is_jurisdiction, "a code such as `CN`, `US-TX`, `CN-BJ-FTZ`, `EEA` or `org:EPO`"
}

id! {
    /// A node of the category catalog, such as `personal.health.genomic`.
    ///
    /// Invariant: one or more names, joined by single dots.
    CategoryId, "category", is_dotted, "names joined by dots, such as `personal.health.genomic`"
}

id! {
    /// A fact that entries depend on and questions state, such as
    /// `exporter.ciio`.
    ///
    /// Invariant: one or more names, joined by single dots.
    FactId, "fact", is_dotted, "names joined by dots, such as `exporter.ciio`"
}

id! {
    /// One of the values of a choice, such as `data-brokerage`.
    ChoiceId, "value", is_name, "a name such as `data-brokerage`"
}

id! {
    /// A time over which people are counted, such as `rolling-12-months`.
    WindowId, "window", is_name, "a name such as `rolling-12-months`"
}

id! {
    /// The name of an entry, which it keeps from revision to revision.
    EntryId, "entry id", is_name, "lower-case words joined by hyphens, such as `genomic-any-transaction`"
}

id! {
    /// A body that publishes lists, such as `ministry-of-data`.
    AuthorityId, "authority", is_name, "lower-case words joined by hyphens, such as `ministry-of-data`"
}

id! {
    /// A group of destinations that belongs to one list.
    GroupId, "group", is_name, "lower-case words joined by hyphens, such as `countries-of-concern`"
}

id! {
    /// A combine group of one list: categories whose thresholds are shared
    /// where several are present.
    CombineId, "combine group", is_name, "lower-case words joined by hyphens"
}

id! {
    /// A list: its jurisdiction and a slug, such as `US/data-security-program`.
    ///
    /// Invariant: a jurisdiction, one slash, one name.
    ListId, "list", is_list, "a jurisdiction and a name, such as `US/data-security-program`"
}

impl CategoryId {
    /// Returns the category one dot up, if there is one.
    pub fn parent(&self) -> Option<CategoryId> {
        self.0.rsplit_once('.').map(|(parent, _)| CategoryId(parent.into()))
    }

    /// Returns how many dots down from its root the category is.
    pub fn depth(&self) -> usize {
        self.0.matches('.').count()
    }
}

impl ListId {
    /// Returns the jurisdiction whose list this is.
    pub fn jurisdiction(&self) -> Jurisdiction {
        Jurisdiction(self.0.split_once('/').map_or("", |(place, _)| place).into())
    }

    /// Returns whether this is a list of a place.
    pub fn is_of(&self, place: &Jurisdiction) -> bool {
        self.0.split_once('/').is_some_and(|(it, _)| it == place.as_str())
    }

    /// Returns the name of the list within its jurisdiction.
    pub fn slug(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, slug)| slug)
    }
}

fn is_name(text: &str) -> bool {
    are_words(text, |it| it == b'-')
}

fn is_dotted(text: &str) -> bool {
    are_words(text, |it| it == b'-' || it == b'.')
}

/// Returns whether there are lower-case words with single joints between them.
/// In one pass: a batch reads ids by the million.
fn are_words(text: &str, is_joint: impl Fn(u8) -> bool) -> bool {
    let mut is_within = false;
    for byte in text.bytes() {
        let is_letter = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !(is_letter || is_within && is_joint(byte)) {
            return false;
        }
        is_within = is_letter;
    }
    is_within
}

fn is_jurisdiction(text: &str) -> bool {
    let code = text.strip_prefix("org:").unwrap_or(text);
    code.len() >= 2
        && code
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit()))
}

fn is_list(text: &str) -> bool {
    text.split_once('/').is_some_and(|(place, slug)| is_jurisdiction(place) && is_name(slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_an_alphabet() {
        let good = ["CN", "US-TX", "CN-BJ-FTZ", "COE-108", "org:EPO"];
        assert!(good.iter().all(|it| it.parse::<Jurisdiction>().is_ok()));
        let bad = ["", "cn", "C", "CN-", "-CN", "CN--BJ", "CN/BJ", "org:", "org:epo", "CN ", "ＣＮ"];
        assert!(bad.iter().all(|it| it.parse::<Jurisdiction>().is_err()), "one of {bad:?} was taken");

        let good = ["personal", "personal.health.genomic", "personal.subject.minor.under-14"];
        assert!(good.iter().all(|it| it.parse::<CategoryId>().is_ok()));
        let bad = [
            "",
            ".",
            "personal.",
            ".health",
            "personal..health",
            "Personal",
            "personal/health",
            "a_b",
            "a.-b",
            "a-.b",
            "a-",
            "-a",
        ];
        assert!(bad.iter().all(|it| it.parse::<CategoryId>().is_err()), "one of {bad:?} was taken");

        let good: ListId = "CN-GBA/standard-contract".parse().unwrap();
        assert_eq!((good.jurisdiction().as_str(), good.slug()), ("CN-GBA", "standard-contract"));
        let bad = ["CN", "CN/", "/x", "CN/a/b", "CN/../x", "cn/x"];
        assert!(bad.iter().all(|it| it.parse::<ListId>().is_err()), "one of {bad:?} was taken");
    }

    #[test]
    fn an_id_longer_than_the_limit_is_refused() {
        assert!("a".repeat(MAX_LENGTH).parse::<CategoryId>().is_ok());
        assert!("a".repeat(MAX_LENGTH + 1).parse::<CategoryId>().is_err());
    }
}
