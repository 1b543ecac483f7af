//! The forms of releases: categories, facts, places.

use std::collections::BTreeMap;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::canon::bytes::{NotCanonical, RELEASE, canonical_form, hash_in};
use crate::canon::form::{TextForm, parse, parse_all, strings, word};
use crate::canon::tree::root;
use crate::model::{
    Categories, Category, Fact, FactKind, Fate, Former, Hash, Membership, Place, PlaceKind, Places, Role, Vocabulary,
    Window, date,
};

type Read<T> = Result<T, NotCanonical>;

/// What is hashed of a release: everything but the items, to which it commits
/// by their root and number.
#[derive(Serialize)]
struct ReleaseForm<'a> {
    items: u64,
    items_root: String,
    kind: &'a str,
    previous: Option<String>,
    published: String,
    version: String,
}

/// Returns the hash of a release of a kind, over its items in their order.
fn release_hash(
    kind: &str,
    version: &semver::Version,
    published: date::Published,
    previous: Option<Hash>,
    items: Vec<Vec<u8>>,
) -> Hash {
    let root = root(items);
    let form = ReleaseForm {
        kind,
        version: version.to_string(),
        published: published.to_string(),
        previous: previous.map(|it| it.to_string()),
        items_root: root.hash.to_string(),
        items: root.leaves,
    };
    hash_in(RELEASE, &canonical_form(&form))
}

/// A release of the category catalog.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CategoriesForm {
    categories: Vec<CategoryForm>,
    #[serde(default)]
    former: Vec<FormerForm>,
    published: String,
    version: String,
}

/// Where nothing is gone, JSON does not say so. Formats without names of fields
/// cannot leave one out.
impl Serialize for CategoriesForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_left_out = self.former.is_empty() && serializer.is_human_readable();
        let mut form = serializer.serialize_struct("CategoriesForm", if is_left_out { 3 } else { 4 })?;
        form.serialize_field("categories", &self.categories)?;
        if is_left_out {
            form.skip_field("former")?;
        } else {
            form.serialize_field("former", &self.former)?;
        }
        form.serialize_field("published", &self.published)?;
        form.serialize_field("version", &self.version)?;
        form.end()
    }
}

/// A category, with what is directly broader and directly narrower.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryForm {
    broader: Vec<String>,
    dpv: Vec<String>,
    id: String,
    name: TextForm,
    narrower: Vec<String>,
    note: Option<String>,
}

/// An id that is gone, the release from which on it is, and what became of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct FormerForm {
    fate: FateForm,
    id: String,
    release: String,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum FateForm {
    Moved(String),
    Merged(String),
    Split(Vec<String>),
    Removed(TextForm),
}

impl FormerForm {
    fn read(self) -> Read<Former> {
        let fate = match self.fate {
            FateForm::Moved(to) => Fate::Moved(parse(&to)?),
            FateForm::Merged(to) => Fate::Merged(parse(&to)?),
            FateForm::Split(parts) => Fate::Split(parse_all(&parts)?),
            FateForm::Removed(why) => Fate::Removed(why.into()),
        };
        Ok(Former { id: parse(&self.id)?, release: parse(&self.release)?, fate })
    }
}

impl From<&Former> for FormerForm {
    fn from(former: &Former) -> FormerForm {
        let fate = match &former.fate {
            Fate::Moved(to) => FateForm::Moved(to.to_string()),
            Fate::Merged(to) => FateForm::Merged(to.to_string()),
            Fate::Split(parts) => FateForm::Split(strings(parts)),
            Fate::Removed(why) => FateForm::Removed(why.into()),
        };
        FormerForm { id: former.id.to_string(), release: former.release.to_string(), fate }
    }
}

impl CategoriesForm {
    /// Returns the hash of the release: categories, then what became of others.
    pub fn hash(categories: &Categories, previous: Option<Hash>) -> Hash {
        let form = CategoriesForm::from(categories);
        let items = form.categories.iter().map(canonical_form).chain(form.former.iter().map(canonical_form)).collect();
        release_hash("categories", categories.version(), categories.published(), previous, items)
    }

    /// Reads the release. What is narrower is not believed but compared, when
    /// the form is written again.
    pub fn read(self) -> Read<Categories> {
        let nodes = self.categories.into_iter().map(|it| {
            Ok(Category {
                id: parse(&it.id)?,
                name: it.name.into(),
                broader: parse_all(&it.broader)?,
                dpv: it.dpv,
                note: it.note,
            })
        });
        let nodes = nodes.collect::<Read<Vec<_>>>()?;
        let former = self.former.into_iter().map(FormerForm::read).collect::<Read<Vec<_>>>()?;
        let release = Categories::new(parse(&self.version)?, parse(&self.published)?, nodes);
        release.and_then(|it| it.with_former(former)).map_err(NotCanonical::value)
    }
}

impl From<&Categories> for CategoriesForm {
    fn from(categories: &Categories) -> CategoriesForm {
        let mut narrower: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let parents: Vec<_> = categories.iter().map(|it| (it.id.parent(), it)).collect();
        for (parent, category) in &parents {
            for above in parent.iter().chain(&category.broader) {
                narrower.entry(above.as_str()).or_default().push(category.id.to_string());
            }
        }
        let form = |it: &Category| CategoryForm {
            id: it.id.to_string(),
            name: (&it.name).into(),
            broader: strings(&it.broader),
            narrower: narrower.get(it.id.as_str()).cloned().unwrap_or_default(),
            dpv: it.dpv.clone(),
            note: it.note.clone(),
        };
        CategoriesForm {
            version: categories.version().to_string(),
            published: categories.published().to_string(),
            categories: categories.iter().map(form).collect(),
            former: categories.all_former().map(FormerForm::from).collect(),
        }
    }
}

/// A release of the fact vocabulary.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VocabularyForm {
    facts: Vec<FactForm>,
    published: String,
    version: String,
    windows: Vec<WindowForm>,
}

/// A fact. `values` is `null` but for a choice.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactForm {
    id: String,
    kind: String,
    name: TextForm,
    role: String,
    values: Option<Vec<String>>,
}

/// A window.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowForm {
    id: String,
    includes: Vec<String>,
    name: TextForm,
}

impl VocabularyForm {
    /// Returns the hash of the release: facts, then windows.
    pub fn hash(vocabulary: &Vocabulary, previous: Option<Hash>) -> Hash {
        let form = VocabularyForm::from(vocabulary);
        let items = form.facts.iter().map(canonical_form).chain(form.windows.iter().map(canonical_form)).collect();
        release_hash("facts", vocabulary.version(), vocabulary.published(), previous, items)
    }

    /// Reads the release.
    pub fn read(self) -> Read<Vocabulary> {
        let facts = self.facts.into_iter().map(FactForm::read).collect::<Read<Vec<_>>>()?;
        let windows = self
            .windows
            .into_iter()
            .map(|it| Ok(Window { id: parse(&it.id)?, name: it.name.into(), includes: parse_all(&it.includes)? }));
        let windows = windows.collect::<Read<Vec<_>>>()?;
        Vocabulary::new(parse(&self.version)?, parse(&self.published)?, facts, windows).map_err(NotCanonical::value)
    }
}

impl FactForm {
    fn read(self) -> Read<Fact> {
        let kind = match (self.kind.as_str(), self.values) {
            ("count", None) => FactKind::Count,
            ("flag", None) => FactKind::Flag,
            ("choice", Some(values)) => FactKind::Choice(parse_all(&values)?),
            (kind, _) => {
                return Err(NotCanonical::Value(format!("`{kind}` is no kind of fact, or has no such values")));
            }
        };
        let role = word(&Role::ALL, Role::word, &self.role)?;
        Ok(Fact { id: parse(&self.id)?, kind, role, name: self.name.into() })
    }
}

impl From<&Vocabulary> for VocabularyForm {
    fn from(vocabulary: &Vocabulary) -> VocabularyForm {
        let fact = |it: &Fact| {
            let (kind, values) = match &it.kind {
                FactKind::Count => ("count", None),
                FactKind::Flag => ("flag", None),
                FactKind::Choice(among) => ("choice", Some(strings(among))),
            };
            let (kind, role) = (kind.to_owned(), it.role.word().to_owned());
            FactForm { id: it.id.to_string(), kind, role, values, name: (&it.name).into() }
        };
        let window = |it: &Window| WindowForm {
            id: it.id.to_string(),
            includes: strings(&it.includes),
            name: (&it.name).into(),
        };
        VocabularyForm {
            version: vocabulary.version().to_string(),
            published: vocabulary.published().to_string(),
            facts: vocabulary.iter().map(fact).collect(),
            windows: vocabulary.windows().map(window).collect(),
        }
    }
}

/// A release of the places.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesForm {
    places: Vec<PlaceForm>,
    published: String,
    version: String,
}

/// A place.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceForm {
    code: String,
    kind: String,
    members: Vec<MembershipForm>,
    name: TextForm,
    parent: Option<String>,
}

/// A membership, half-open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MembershipForm {
    from: String,
    place: String,
    until: Option<String>,
}

impl PlacesForm {
    /// Returns the hash of the release.
    pub fn hash(places: &Places, previous: Option<Hash>) -> Hash {
        let form = PlacesForm::from(places);
        let items = form.places.iter().map(canonical_form).collect();
        release_hash("jurisdictions", places.version(), places.published(), previous, items)
    }

    /// Reads the release.
    pub fn read(self) -> Read<Places> {
        let places = self.places.into_iter().map(PlaceForm::read).collect::<Read<Vec<_>>>()?;
        Places::new(parse(&self.version)?, parse(&self.published)?, places).map_err(NotCanonical::value)
    }
}

impl PlaceForm {
    fn read(self) -> Read<Place> {
        let day = |it: &str| date::read(it).map_err(NotCanonical::value);
        let members = self.members.into_iter().map(|it| {
            let until = it.until.as_deref().map(day).transpose()?;
            Ok(Membership { place: parse(&it.place)?, from: day(&it.from)?, until })
        });
        Ok(Place {
            code: parse(&self.code)?,
            kind: word(&PlaceKind::ALL, PlaceKind::word, &self.kind)?,
            parent: self.parent.as_deref().map(parse).transpose()?,
            members: members.collect::<Read<Vec<_>>>()?,
            name: self.name.into(),
        })
    }
}

impl From<&Places> for PlacesForm {
    fn from(places: &Places) -> PlacesForm {
        let membership = |it: &Membership| MembershipForm {
            place: it.place.to_string(),
            from: it.from.to_string(),
            until: it.until.map(|it| it.to_string()),
        };
        let place = |it: &Place| PlaceForm {
            code: it.code.to_string(),
            kind: it.kind.word().to_owned(),
            parent: it.parent.as_ref().map(ToString::to_string),
            name: (&it.name).into(),
            members: it.members.iter().map(membership).collect(),
        };
        PlacesForm {
            version: places.version().to_string(),
            published: places.published().to_string(),
            places: places.iter().map(place).collect(),
        }
    }
}
