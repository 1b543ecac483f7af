//! The forms of releases: categories, facts, places.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::canon::bytes::{NotCanonical, RELEASE, canonical_form, hash_in};
use crate::canon::digest::HashForm;
use crate::canon::form::{TextForm, parse, parse_all, strings, word};
use crate::canon::sparse::{Sparse, sparse, write_json};
use crate::canon::tree::root;
use crate::model::{
    Categories, Category, Fact, FactKind, Fate, Former, Hash, Jurisdiction, Membership, Place, PlaceKind, Places, Role,
    Vocabulary, Window, date,
};

type Read<T> = Result<T, NotCanonical>;

/// What is hashed of a release: everything but the items, to which it commits
/// by their root and number.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReleaseForm {
    pub(crate) items: u64,
    pub(crate) items_root: HashForm,
    pub(crate) kind: String,
    pub(crate) previous: Option<HashForm>,
    pub(crate) published: String,
    pub(crate) version: String,
}

impl ReleaseForm {
    /// Returns the hash of the release.
    pub(crate) fn hash(&self) -> Hash {
        hash_in(RELEASE, &canonical_form(self))
    }

    /// Writes a release of a kind, over its items in their order.
    fn over(
        kind: &str,
        version: &semver::Version,
        published: date::Published,
        previous: Option<Hash>,
        items: impl IntoIterator<Item = impl Serialize>,
    ) -> ReleaseForm {
        let root = root(items.into_iter().map(|it| canonical_form(&it)));
        ReleaseForm {
            kind: kind.to_owned(),
            version: version.to_string(),
            published: published.to_string(),
            previous: previous.map(HashForm::from),
            items_root: root.hash.into(),
            items: root.leaves,
        }
    }
}

/// A leaf of a release of categories.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum CategoryItem {
    Category(CategoryForm),
    Former(FormerForm),
}

impl CategoryItem {
    pub(crate) fn id(&self) -> &str {
        match self {
            CategoryItem::Category(it) => &it.id,
            CategoryItem::Former(it) => &it.id,
        }
    }

    /// Returns whether it is a former id: these come last.
    pub(crate) fn is_former(&self) -> bool {
        matches!(self, CategoryItem::Former(_))
    }
}

/// A leaf of a release of facts.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum FactItem {
    Fact(FactForm),
    Window(WindowForm),
}

impl FactItem {
    pub(crate) fn id(&self) -> &str {
        match self {
            FactItem::Fact(it) => &it.id,
            FactItem::Window(it) => &it.id,
        }
    }

    /// Returns whether it is a window: these come last.
    pub(crate) fn is_window(&self) -> bool {
        matches!(self, FactItem::Window(_))
    }
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
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    dpv: Vec<String>,
    id: String,
    name: TextForm,
    #[serde(default)]
    pub(crate) narrower: Vec<String>,
    note: Option<String>,
}

/// An id that is gone, the release from which on it is, and what became of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormerForm {
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
    pub(crate) fn read(self) -> Read<Former> {
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
    /// Returns the hash of the release.
    pub fn hash(categories: &Categories, previous: Option<Hash>) -> Hash {
        CategoriesForm::release(categories, previous).hash()
    }

    /// Returns what is hashed of the release: categories, then what became of
    /// others.
    pub(crate) fn release(categories: &Categories, previous: Option<Hash>) -> ReleaseForm {
        let items = CategoriesForm::items(categories);
        ReleaseForm::over("categories", categories.version(), categories.published(), previous, items)
    }

    /// Returns the leaves of the release.
    pub(crate) fn items(categories: &Categories) -> Vec<CategoryItem> {
        let form = CategoriesForm::from(categories);
        let categories = form.categories.into_iter().map(CategoryItem::Category);
        categories.chain(form.former.into_iter().map(CategoryItem::Former)).collect()
    }

    /// Reads the release. What is narrower is not believed but compared, when
    /// the form is written again.
    pub fn read(self) -> Read<Categories> {
        let nodes = self.categories.into_iter().map(CategoryForm::read).collect::<Read<Vec<_>>>()?;
        let former = self.former.into_iter().map(FormerForm::read).collect::<Read<Vec<_>>>()?;
        let release = Categories::new(parse(&self.version)?, parse(&self.published)?, nodes);
        release.and_then(|it| it.with_former(former)).map_err(NotCanonical::value)
    }
}

impl CategoryForm {
    pub(crate) fn read(self) -> Read<Category> {
        Ok(Category {
            id: parse(&self.id)?,
            name: self.name.into(),
            broader: parse_all(&self.broader)?,
            dpv: self.dpv,
            note: self.note,
        })
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
    #[serde(default)]
    includes: Vec<String>,
    name: TextForm,
}

impl VocabularyForm {
    /// Returns the hash of the release.
    pub fn hash(vocabulary: &Vocabulary, previous: Option<Hash>) -> Hash {
        VocabularyForm::release(vocabulary, previous).hash()
    }

    /// Returns what is hashed of the release: facts, then windows.
    pub(crate) fn release(vocabulary: &Vocabulary, previous: Option<Hash>) -> ReleaseForm {
        let items = VocabularyForm::items(vocabulary);
        ReleaseForm::over("facts", vocabulary.version(), vocabulary.published(), previous, items)
    }

    /// Returns the leaves of the release.
    pub(crate) fn items(vocabulary: &Vocabulary) -> Vec<FactItem> {
        let form = VocabularyForm::from(vocabulary);
        form.facts.into_iter().map(FactItem::Fact).chain(form.windows.into_iter().map(FactItem::Window)).collect()
    }

    /// Reads the release.
    pub fn read(self) -> Read<Vocabulary> {
        let facts = self.facts.into_iter().map(FactForm::read).collect::<Read<Vec<_>>>()?;
        let windows = self.windows.into_iter().map(WindowForm::read).collect::<Read<Vec<_>>>()?;
        Vocabulary::new(parse(&self.version)?, parse(&self.published)?, facts, windows).map_err(NotCanonical::value)
    }
}

impl WindowForm {
    pub(crate) fn read(self) -> Read<Window> {
        Ok(Window { id: parse(&self.id)?, name: self.name.into(), includes: parse_all(&self.includes)? })
    }
}

impl FactForm {
    pub(crate) fn read(self) -> Read<Fact> {
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

/// A leaf of a release of places: who belongs to what is told with the member,
/// so that of a bloc in which something lies not every member has to be told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceItem {
    #[serde(default)]
    pub(crate) blocs: Vec<BlocForm>,
    pub(crate) code: String,
    kind: String,
    #[serde(default)]
    pub(crate) members: Vec<String>,
    name: TextForm,
    parent: Option<String>,
}

/// That a place belongs to a bloc, half-open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlocForm {
    pub(crate) bloc: String,
    from: String,
    until: Option<String>,
}

sparse! {
    CategoryForm { broader, dpv, id, name, narrower, note }
    FormerForm { fate, id, release }
    FactForm { id, kind, name, role, values }
    WindowForm { id, includes, name }
    PlaceItem { blocs, code, kind, members, name, parent }
    BlocForm { bloc, from, until }
}

impl Sparse for FateForm {
    fn write(&self, out: &mut Vec<u8>) {
        write_json(self, out);
    }
}

impl Sparse for CategoryItem {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            CategoryItem::Category(it) => it.write(out),
            CategoryItem::Former(it) => it.write(out),
        }
    }
}

impl Sparse for FactItem {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            FactItem::Fact(it) => it.write(out),
            FactItem::Window(it) => it.write(out),
        }
    }
}

impl PlaceItem {
    fn of(places: &Places, place: &Place) -> PlaceItem {
        let bloc = |(bloc, it): (&Jurisdiction, &Membership)| BlocForm {
            bloc: bloc.to_string(),
            from: it.from.to_string(),
            until: it.until.map(|it| it.to_string()),
        };
        let members: BTreeSet<_> = place.members.iter().map(|it| it.place.to_string()).collect();
        PlaceItem {
            blocs: places.blocs_of(&place.code).map(bloc).collect(),
            code: place.code.to_string(),
            kind: place.kind.word().to_owned(),
            members: members.into_iter().collect(),
            name: (&place.name).into(),
            parent: place.parent.as_ref().map(ToString::to_string),
        }
    }

    /// Reads the place without its members.
    pub(crate) fn read(&self) -> Read<Place> {
        let (code, kind, name, parent) = (self.code.clone(), self.kind.clone(), self.name.clone(), self.parent.clone());
        PlaceForm { code, kind, members: Vec::new(), name, parent }.read()
    }

    /// Reads in which blocs it is a member.
    pub(crate) fn memberships(&self) -> Read<Vec<(Jurisdiction, Membership)>> {
        let memberships = self.blocs.iter().map(|it| {
            let (from, place, until) = (it.from.clone(), self.code.clone(), it.until.clone());
            Ok((parse(&it.bloc)?, MembershipForm { from, place, until }.read()?))
        });
        memberships.collect()
    }
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
        PlacesForm::release(places, previous).hash()
    }

    /// Returns what is hashed of the release.
    pub(crate) fn release(places: &Places, previous: Option<Hash>) -> ReleaseForm {
        let items = PlacesForm::items(places);
        ReleaseForm::over("jurisdictions", places.version(), places.published(), previous, items)
    }

    /// Returns the leaves of the release.
    pub(crate) fn items(places: &Places) -> Vec<PlaceItem> {
        places.iter().map(|it| PlaceItem::of(places, it)).collect()
    }

    /// Reads the release.
    pub fn read(self) -> Read<Places> {
        let places = self.places.into_iter().map(PlaceForm::read).collect::<Read<Vec<_>>>()?;
        Places::new(parse(&self.version)?, parse(&self.published)?, places).map_err(NotCanonical::value)
    }
}

impl PlaceForm {
    pub(crate) fn read(self) -> Read<Place> {
        let members = self.members.into_iter().map(MembershipForm::read);
        Ok(Place {
            code: parse(&self.code)?,
            kind: word(&PlaceKind::ALL, PlaceKind::word, &self.kind)?,
            parent: self.parent.as_deref().map(parse).transpose()?,
            members: members.collect::<Read<Vec<_>>>()?,
            name: self.name.into(),
        })
    }
}

impl MembershipForm {
    fn read(self) -> Read<Membership> {
        let day = |it: &str| date::read(it).map_err(NotCanonical::value);
        let until = self.until.as_deref().map(day).transpose()?;
        Ok(Membership { place: parse(&self.place)?, from: day(&self.from)?, until })
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
