//! The words of the catalog: categories, facts, places.

use serde_json::{Value as Json, json};

use crate::model::{Category, CategoryId, Fact, FactKind, Place, State, Text};

/// Something in the catalog that has an id and a name.
pub(crate) enum Found<'a> {
    Category(&'a Category),
    Fact(&'a Fact),
    Place(&'a Place),
}

impl Found<'_> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Found::Category(category) => category.id.as_str(),
            Found::Fact(fact) => fact.id.as_str(),
            Found::Place(place) => place.code.as_str(),
        }
    }

    pub(crate) fn what(&self) -> &'static str {
        match self {
            Found::Category(_) => "category",
            Found::Fact(fact) => fact.role.word(),
            Found::Place(place) => place.kind.word(),
        }
    }

    pub(crate) fn name(&self) -> &Text {
        match self {
            Found::Category(category) => &category.name,
            Found::Fact(fact) => &fact.name,
            Found::Place(place) => &place.name,
        }
    }

    pub(crate) fn json(&self, state: &State) -> Json {
        let name = self.name();
        let mut json = json!({"id": self.id(), "what": self.what(), "name": {"en": name.en, "zh": name.zh}});
        let more = match self {
            Found::Category(it) => vec![
                ("broader", json!(broader(state, &it.id).map(CategoryId::as_str).collect::<Vec<_>>())),
                ("dpv", json!(it.dpv)),
                ("note", json!(it.note)),
            ],
            Found::Fact(it) => vec![("kind", json!(fact_kind(it))), ("values", json!(fact_values(it)))],
            Found::Place(it) => vec![
                ("parent", json!(it.parent.as_ref().map(ToString::to_string))),
                (
                    "members",
                    json!(it.members.iter().map(|it| json!({
                    "place": it.place.as_str(), "from": it.from.to_string(), "until": it.until.map(|it| it.to_string()),
                })).collect::<Vec<_>>()),
                ),
            ],
        };
        if let Some(object) = json.as_object_mut() {
            object.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
        }
        json
    }
}

/// Returns everything in the catalog.
pub(crate) fn everything(state: &State) -> Vec<Found<'_>> {
    let categories = state.categories.iter().map(Found::Category);
    categories.chain(state.vocabulary.iter().map(Found::Fact)).chain(state.places.iter().map(Found::Place)).collect()
}

/// Returns everything in the catalog that mentions a word.
pub(crate) fn mentioned<'s>(state: &'s State, word: &str) -> Vec<Found<'s>> {
    let word = word.to_lowercase();
    let matches = |it: &Found<'_>| {
        let note = match it {
            Found::Category(category) => category.note.as_deref().unwrap_or_default(),
            Found::Fact(_) | Found::Place(_) => "",
        };
        [it.id(), &it.name().en, &it.name().zh, note].iter().any(|text| text.to_lowercase().contains(&word))
    };
    everything(state).into_iter().filter(matches).collect()
}

/// Returns what is broader than a category, by the ids of today.
pub(crate) fn broader<'a>(state: &'a State, id: &CategoryId) -> impl Iterator<Item = &'a CategoryId> {
    let categories = &state.categories;
    categories.broader(id).filter(|it| categories.find(it).is_some())
}

pub(crate) fn fact_kind(fact: &Fact) -> &'static str {
    match fact.kind {
        FactKind::Count => "count",
        FactKind::Flag => "flag",
        FactKind::Choice(_) => "choice",
    }
}

pub(crate) fn fact_values(fact: &Fact) -> Vec<String> {
    match &fact.kind {
        FactKind::Choice(among) => among.iter().map(ToString::to_string).collect(),
        FactKind::Count | FactKind::Flag => Vec::new(),
    }
}

/// Returns categories, with the release that they are of.
pub(crate) fn categories_json(shown: &[&Category], state: &State) -> Json {
    let categories: Vec<_> = shown.iter().map(|it| Found::Category(it).json(state)).collect();
    json!({"version": state.categories.version().to_string(), "categories": categories})
}
