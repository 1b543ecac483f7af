//! Releases of categories, facts and places.

use serde::Deserialize;
use toml::value::Datetime;

use crate::catalog::diagnostic::{Diagnostic, find_word};
use crate::model::category::InvalidCatalog;
use crate::model::{
    Categories, Category, Fact, FactKind, Fate, Former, Membership, Place, PlaceKind, Places, Role, Text, Vocabulary,
    Window, date,
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
    #[serde(default)]
    moved: Vec<MovedToml>,
    #[serde(default)]
    merged: Vec<MergedToml>,
    #[serde(default)]
    split: Vec<SplitToml>,
    #[serde(default)]
    removed: Vec<RemovedToml>,
}

/// What became of an id. `release` says since when, and is left out in the
/// release that does it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovedToml {
    from: String,
    to: String,
    release: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergedToml {
    from: Vec<String>,
    to: String,
    release: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitToml {
    from: String,
    to: Vec<String>,
    release: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovedToml {
    id: String,
    why: TextToml,
    release: Option<String>,
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
    let mut form: CategoriesToml = toml::from_str(text)?;
    let former = read_former(text, &mut form)?;
    let nodes = form.category.into_iter().map(|it| {
        let broader = it.broader.iter().map(|id| word(text, id)).collect::<Result<_, _>>()?;
        Ok(Category { id: word(text, &it.id)?, name: it.name.into(), broader, dpv: it.dpv, note: it.note })
    });
    let nodes = nodes.collect::<Result<Vec<_>, Diagnostic>>()?;
    let (version, published) = (word(text, &form.version)?, date::Published(day(text, &form.published)?));
    let categories = Categories::new(version, published, nodes).and_then(|it| it.with_former(former));
    categories.map_err(|it| invalid_catalog(text, &it))
}

/// Points at the last place where the category stands: what became of ids
/// comes after the categories.
fn invalid_catalog(text: &str, error: &InvalidCatalog) -> Diagnostic {
    let id = match error {
        InvalidCatalog::Missing { category, .. } => category,
        InvalidCatalog::BecameMissing { missing, .. } => missing,
        InvalidCatalog::GoneLater { id, .. }
        | InvalidCatalog::Twice(id)
        | InvalidCatalog::Circle(id)
        | InvalidCatalog::StillThere(id)
        | InvalidCatalog::FormerTwice(id)
        | InvalidCatalog::FormerCircle(id)
        | InvalidCatalog::NoParts(id) => id,
    };
    let quoted = format!("\"{id}\"");
    let span = text.rfind(&quoted).map(|start| start..start + quoted.len());
    let help = match error {
        InvalidCatalog::StillThere(_) => Some("take the category out, or what is said to have become of it"),
        InvalidCatalog::NoParts(_) => Some("one that only has another id was moved"),
        InvalidCatalog::BecameMissing { .. } => Some("say what became of that one too"),
        InvalidCatalog::Missing { .. }
        | InvalidCatalog::GoneLater { .. }
        | InvalidCatalog::Twice(_)
        | InvalidCatalog::Circle(_)
        | InvalidCatalog::FormerTwice(_)
        | InvalidCatalog::FormerCircle(_) => None,
    };
    Diagnostic::new("invalid-catalog", error.to_string()).at(span).help(help.map(str::to_owned))
}

/// Reads what became of ids that are gone.
fn read_former(text: &str, form: &mut CategoriesToml) -> Result<Vec<Former>, Diagnostic> {
    let version = form.version.clone();
    let former = |id: &str, release: &Option<String>, fate: Fate| {
        let release = word(text, release.as_ref().unwrap_or(&version))?;
        Ok::<_, Diagnostic>(Former { id: word(text, id)?, release, fate })
    };
    let mut all = Vec::new();
    for MovedToml { from, to, release } in form.moved.drain(..) {
        all.push(former(&from, &release, Fate::Moved(word(text, &to)?))?);
    }
    for MergedToml { from, to, release } in form.merged.drain(..) {
        // One of those that are merged may keep its id.
        for from in from.iter().filter(|it| **it != to) {
            all.push(former(from, &release, Fate::Merged(word(text, &to)?))?);
        }
    }
    for SplitToml { from, to, release } in form.split.drain(..) {
        let parts = to.iter().map(|it| word(text, it)).collect::<Result<_, _>>()?;
        all.push(former(&from, &release, Fate::Split(parts))?);
    }
    for RemovedToml { id, why, release } in form.removed.drain(..) {
        all.push(former(&id, &release, Fate::Removed(why.into()))?);
    }
    Ok(all)
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
/// Reads a word.
pub(crate) fn word<T: std::str::FromStr>(text: &str, written: &str) -> Result<T, Diagnostic>
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
