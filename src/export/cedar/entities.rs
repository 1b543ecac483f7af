//! Places and categories, each with all that it lies in.
//!
//! What lies in something does not lie in all that this lies in: a member of a
//! bloc is no member of the blocs of the bloc. So what others lie in are
//! entities of their own, areas and branches, which lie in nothing.

use serde_json::{Value as Json, json};

use crate::model::{At, CategoryId, State};

/// Returns the entities: categories, former ids among them, and places as they
/// belong together on a day.
pub(super) fn entities(state: &State, at: At) -> Json {
    let categories = &state.categories;
    let of_category = |id: &CategoryId| {
        let known = categories.is_askable(id).then(|| known("categories"));
        let broader = categories.broader(id).chain([id]).map(|it| uid("Branch", it.as_str()));
        entity(&uid("Category", id.as_str()), broader.chain(known))
    };
    let ids: Vec<_> = categories.iter().map(|it| &it.id).chain(categories.all_former().map(|it| &it.id)).collect();
    let places = state.places.iter().map(|place| {
        let outer = state.places.chain(&place.code, at);
        let outer: Vec<_> = outer.iter().map(|it| uid("Area", it.as_str())).collect();
        entity(&uid("Place", place.code.as_str()), outer.into_iter().chain([known("places")]))
    });
    let areas = state.places.iter().map(|it| entity(&uid("Area", it.code.as_str()), []));
    let branches = ids.iter().map(|it| entity(&uid("Branch", it.as_str()), []));
    let all = [entity(&known("categories"), []), entity(&known("places"), [])];
    ids.iter().copied().map(of_category).chain(branches).chain(places).chain(areas).chain(all).collect()
}

/// Returns the entity in which all lie that the registry knows.
fn known(what: &str) -> Json {
    uid("Known", what)
}

fn entity(uid: &Json, parents: impl IntoIterator<Item = Json>) -> Json {
    json!({"uid": uid, "attrs": {}, "parents": parents.into_iter().collect::<Vec<_>>()})
}

fn uid(kind: &str, id: &str) -> Json {
    json!({"type": kind, "id": id})
}
