//! Releases of categories, facts and places.

use serde::Deserialize;
use toml::value::Datetime;

use crate::catalog::diagnostic::{Diagnostic, find_word};
use crate::model::{
    Categories, Category, Fact, FactKind, Membership, Place, PlaceKind, Places, Role, Text, Vocabulary, Window, date,
};

/// A text in both languages, as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextToml {
    en: String,
    zh: String,
}

impl From<TextToml> for Text {
    fn from(text: TextToml) -> Text {
        Text { en: text.en, zh: text.zh }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoriesToml {
    version: String,
    published: Datetime,
    category: Vec<CategoryToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryToml {
    id: String,
    name: TextToml,
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    dpv: Vec<String>,
    note: Option<String>,
}

/// Reads a release of the category catalog.
pub fn read_categories(text: &str) -> Result<Categories, Diagnostic> {
    let form: CategoriesToml = toml::from_str(text)?;
    let nodes = form.category.into_iter().map(|it| {
        let broader = it.broader.iter().map(|id| word(text, id)).collect::<Result<_, _>>()?;
        Ok(Category { id: word(text, &it.id)?, name: it.name.into(), broader, dpv: it.dpv, note: it.note })
    });
    let nodes = nodes.collect::<Result<Vec<_>, Diagnostic>>()?;
    let (version, published) = (word(text, &form.version)?, date::Published(day(text, &form.published)?));
    Categories::new(version, published, nodes).map_err(|it| Diagnostic::new("invalid-catalog", it.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VocabularyToml {
    version: String,
    published: Datetime,
    window: Vec<WindowToml>,
    fact: Vec<FactToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowToml {
    id: String,
    name: TextToml,
    #[serde(default)]
    includes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactToml {
    id: String,
    kind: String,
    role: String,
    values: Option<Vec<String>>,
    name: TextToml,
}

/// Reads a release of the fact vocabulary.
pub fn read_vocabulary(text: &str) -> Result<Vocabulary, Diagnostic> {
    let form: VocabularyToml = toml::from_str(text)?;
    let facts = form.fact.into_iter().map(|it| read_fact(text, it)).collect::<Result<Vec<_>, _>>()?;
    let windows = form.window.into_iter().map(|it| {
        let includes = it.includes.iter().map(|it| word(text, it)).collect::<Result<_, _>>()?;
        Ok(Window { id: word(text, &it.id)?, name: it.name.into(), includes })
    });
    let windows = windows.collect::<Result<Vec<_>, Diagnostic>>()?;
    let (version, published) = (word(text, &form.version)?, date::Published(day(text, &form.published)?));
    let vocabulary = Vocabulary::new(version, published, facts, windows);
    vocabulary.map_err(|it| Diagnostic::new("invalid-vocabulary", it.to_string()))
}

fn read_fact(text: &str, form: FactToml) -> Result<Fact, Diagnostic> {
    let kind = match (form.kind.as_str(), form.values) {
        ("count", None) => FactKind::Count,
        ("flag", None) => FactKind::Flag,
        ("choice", Some(values)) => FactKind::Choice(values.iter().map(|it| word(text, it)).collect::<Result<_, _>>()?),
        (kind, _) => {
            let message = format!("fact `{}` has the kind `{kind}`", form.id);
            let help = "kinds are `count`, `flag` and `choice`, and a choice has `values`".to_owned();
            return Err(Diagnostic::new("fact-kind", message).at(find(text, &form.id)).help(Some(help)));
        }
    };
    let role = one_of(text, &Role::ALL, Role::word, &form.role)?;
    Ok(Fact { id: word(text, &form.id)?, kind, role, name: form.name.into() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacesToml {
    version: String,
    published: Datetime,
    place: Vec<PlaceToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceToml {
    code: String,
    kind: String,
    parent: Option<String>,
    name: TextToml,
    #[serde(default)]
    members: Vec<MembershipToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MembershipToml {
    place: String,
    from: Datetime,
    until: Option<Datetime>,
}

/// Reads a release of the places.
pub fn read_places(text: &str) -> Result<Places, Diagnostic> {
    let form: PlacesToml = toml::from_str(text)?;
    let places = form.place.into_iter().map(|it| read_place(text, it)).collect::<Result<Vec<_>, _>>()?;
    let (version, published) = (word(text, &form.version)?, date::Published(day(text, &form.published)?));
    Places::new(version, published, places).map_err(|it| Diagnostic::new("invalid-places", it.to_string()))
}

fn read_place(text: &str, form: PlaceToml) -> Result<Place, Diagnostic> {
    let members = form.members.iter().map(|it| {
        let until = it.until.as_ref().map(|it| day(text, it)).transpose()?;
        Ok(Membership { place: word(text, &it.place)?, from: day(text, &it.from)?, until })
    });
    Ok(Place {
        code: word(text, &form.code)?,
        kind: one_of(text, &PlaceKind::ALL, PlaceKind::word, &form.kind)?,
        parent: form.parent.as_deref().map(|it| word(text, it)).transpose()?,
        members: members.collect::<Result<_, Diagnostic>>()?,
        name: form.name.into(),
    })
}

fn find(text: &str, word: &str) -> Option<std::ops::Range<usize>> {
    find_word(text, 0..text.len(), word)
}

/// Reads a word, and says where it stands if it is malformed.
fn word<T: std::str::FromStr>(text: &str, written: &str) -> Result<T, Diagnostic>
where
    T::Err: std::fmt::Display,
{
    written.parse().map_err(|it: T::Err| Diagnostic::new("malformed", it.to_string()).at(find(text, written)))
}

/// Reads a date without a time or an offset.
pub(crate) fn day(text: &str, written: &Datetime) -> Result<jiff::civil::Date, Diagnostic> {
    let written = written.to_string();
    date::read(&written).map_err(|it| Diagnostic::new("malformed", it.to_string()).at(find(text, &written)))
}

/// Reads one of a few words.
pub(crate) fn one_of<T: Copy>(
    text: &str,
    all: &[T],
    spelled: impl Fn(T) -> &'static str,
    written: &str,
) -> Result<T, Diagnostic> {
    let found = all.iter().copied().find(|it| spelled(*it) == written);
    found.ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|it| format!("`{}`", spelled(*it))).collect();
        let help = format!("expected one of {}", words.join(", "));
        Diagnostic::new("malformed", format!("unknown word `{written}`")).at(find(text, written)).help(Some(help))
    })
}
