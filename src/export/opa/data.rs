//! What the policy asks: lists, categories, facts and places as JSON.
//!
//! What says nothing is left out. Entries that several revisions of a list
//! share stand there once, and revisions name them by their place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::model::{
    Condition, Count, Destinations, Effect, Entry, FactId, FactKind, Issued, List, Membership, Place, Scope, State,
    When, WindowId,
};

/// Returns all that the policy knows.
pub(super) fn data(state: &State) -> Json {
    let conditions = Conditions::of(state);
    let lists = state.lists.values().map(|it| (it.id.to_string(), list(it)));
    json!({
        "origin": state.head.origin,
        "size": state.head.size,
        "head": state.head.hash.to_string(),
        "categories": categories(state),
        "facts": facts(state),
        "windows": state.vocabulary.windows().map(|it| (it.id.to_string(), windows(state, &it.id))).collect::<Map<_, _>>(),
        "cuts": conditions.cuts(),
        "variables": conditions.variables(),
        "places": state.places.iter().map(|it| (it.code.to_string(), place(state, it))).collect::<Map<_, _>>(),
        "lists": lists.collect::<Map<_, _>>(),
    })
}

/// What the conditions of all lists are about.
#[derive(Default)]
struct Conditions {
    /// For each count the numbers at which a condition begins or ends: between
    /// two of them no condition tells numbers apart.
    cuts: BTreeMap<FactId, BTreeSet<Count>>,
    variables: BTreeSet<(FactId, Option<WindowId>)>,
}

impl Conditions {
    fn of(state: &State) -> Conditions {
        let mut conditions = Conditions::default();
        let counts = state.vocabulary.iter().filter(|it| it.kind == FactKind::Count);
        conditions.cuts.extend(counts.map(|it| (it.id.clone(), BTreeSet::from([Count::ZERO]))));
        for revision in state.lists.values().flat_map(|it| &it.revisions).map(|it| &it.revision) {
            conditions.take(&revision.applies_when);
            for entry in revision.entries.values() {
                conditions.take(&entry.when);
                if let Effect::Conditional(ways) = &entry.effect {
                    ways.iter().for_each(|it| conditions.take(&it.when));
                }
            }
        }
        conditions
    }

    fn take(&mut self, when: &When) {
        for (fact, condition) in when {
            self.variables.insert((fact.clone(), window(condition).cloned()));
            if let Condition::Count(bounds, _) = condition {
                let cuts = self.cuts.entry(fact.clone()).or_default();
                cuts.extend([Count::ZERO, bounds.at_least()].into_iter().chain(bounds.below()));
            }
        }
    }

    fn cuts(&self) -> Map<String, Json> {
        let numbers = |it: &BTreeSet<Count>| it.iter().map(|it| it.number()).collect::<Vec<_>>();
        self.cuts.iter().map(|(fact, it)| (fact.to_string(), json!(numbers(it)))).collect()
    }

    fn variables(&self) -> Map<String, Json> {
        let variable = |(fact, window): &(FactId, Option<WindowId>)| {
            let mut about = Map::from_iter([("fact".to_owned(), json!(fact.as_str()))]);
            about.extend(window.iter().map(|it| ("window".to_owned(), json!(it.as_str()))));
            (name(fact, window.as_ref()), Json::Object(about))
        };
        self.variables.iter().map(variable).collect()
    }
}

/// Returns a fact with the window over which it is counted, as one name.
fn name(fact: &FactId, window: Option<&WindowId>) -> String {
    window.map_or_else(|| fact.to_string(), |window| format!("{fact}@{window}"))
}

fn window(condition: &Condition) -> Option<&WindowId> {
    match condition {
        Condition::Count(_, window) => window.as_ref(),
        Condition::Flag(_) | Condition::Choice(_) => None,
    }
}

fn categories(state: &State) -> Map<String, Json> {
    let categories = &state.categories;
    let crossings = categories.crossings();
    let current = categories.iter().map(|it| &it.id);
    let former = categories.all_former().map(|it| &it.id);
    let category = |id| {
        let mut said = Map::new();
        put(&mut said, "broader", words(categories.broader(id)));
        put(&mut said, "linked", words(crossings.iter().filter(|it| categories.covers(id, it))));
        if categories.former(id).is_some() {
            put(&mut said, "meaning", words(categories.meaning(id)));
        }
        if !categories.is_askable(id) {
            said.insert("removed".to_owned(), json!(true));
        }
        (id.to_string(), Json::Object(said))
    };
    current.chain(former).map(category).collect()
}

fn facts(state: &State) -> Map<String, Json> {
    let fact = |it: &crate::model::Fact| {
        let kind = match &it.kind {
            FactKind::Count => json!({"kind": "count", "role": it.role.word()}),
            FactKind::Flag => json!({"kind": "flag", "role": it.role.word()}),
            FactKind::Choice(among) => json!({"kind": "choice", "role": it.role.word(), "values": words(among)}),
        };
        (it.id.to_string(), kind)
    };
    state.vocabulary.iter().map(fact).collect()
}

/// Returns the windows that one includes.
fn windows(state: &State, longer: &WindowId) -> Json {
    let shorter = state.vocabulary.windows().map(|it| &it.id).filter(|it| state.vocabulary.includes(longer, it));
    json!(words(shorter))
}

fn place(state: &State, place: &Place) -> Json {
    let inside = state.places.with_parents(&place.code);
    let blocs = inside.iter().flat_map(|it| state.places.blocs_of(it));
    let blocs: Vec<_> = blocs.map(|(bloc, it)| spell(bloc.as_str(), it)).collect();
    let members: Vec<_> = place.members.iter().map(|it| spell(it.place.as_str(), it)).collect();
    let mut said = Map::new();
    put(&mut said, "inside", words(&inside));
    put(&mut said, "blocs", blocs);
    put(&mut said, "members", members);
    Json::Object(said)
}

fn spell(place: &str, membership: &Membership) -> Json {
    let mut said =
        Map::from_iter([("place".to_owned(), json!(place)), ("from".to_owned(), json!(membership.from.to_string()))]);
    said.extend(membership.until.map(|it| ("until".to_owned(), json!(it.to_string()))));
    Json::Object(said)
}

fn list(list: &List) -> Json {
    let withdrawn = list.withdrawn_by(list.revisions.len());
    let mut entries: Vec<&Arc<Entry>> = Vec::new();
    let mut known: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    let mut revisions = Vec::new();
    for issued in &list.revisions {
        let mut places = Vec::new();
        for it in issued.revision.entries.values() {
            // Of one id there are few, so that comparing them all is quick.
            let alike = known.entry(&it.id).or_default();
            let place = alike.iter().copied().find(|place| entries.get(*place).is_some_and(|known| *known == it));
            let place = place.unwrap_or_else(|| {
                entries.push(it);
                alike.push(entries.len() - 1);
                entries.len() - 1
            });
            places.push(json!(place));
        }
        let mut said = revision(issued);
        said.extend(withdrawn.get(&issued.sequence).map(|it| ("withdrawn".to_owned(), json!(it.to_string()))));
        put(&mut said, "entries", places);
        revisions.push(Json::Object(said));
    }
    let entries: Vec<_> = entries.into_iter().map(|it| entry(it)).collect();
    json!({"jurisdiction": list.id.jurisdiction().as_str(), "revisions": revisions, "entries": entries})
}

fn revision(issued: &Issued) -> Map<String, Json> {
    let revision = &issued.revision;
    let mut said = Map::from_iter([
        ("version".to_owned(), json!(revision.version.to_string())),
        ("revision".to_owned(), json!(issued.hash.to_string())),
        ("published".to_owned(), json!(revision.published.to_string())),
        ("border".to_owned(), json!(revision.border().as_str())),
    ]);
    said.extend(revision.effective.map(|it| ("effective".to_owned(), json!(it.to_string()))));
    said.extend(revision.expires.map(|it| ("expires".to_owned(), json!(it.to_string()))));
    for (name, is_so) in [("repeals", revision.repeals), ("within", revision.within)] {
        said.extend(is_so.then(|| (name.to_owned(), json!(true))));
    }
    if let Scope::Only(scope) = &revision.scope {
        said.insert("scope".to_owned(), json!(words(scope)));
    }
    put(&mut said, "withdraws", words(&revision.withdraws));
    put(&mut said, "displaces", words(&revision.displaces));
    said.extend(when(&revision.applies_when).map(|it| ("applies_when".to_owned(), it)));
    said.extend(to(&revision.applies_to).map(|it| ("applies_to".to_owned(), it)));
    let groups: Map<_, _> = revision.groups.iter().map(|(id, it)| (id.to_string(), json!(words(it)))).collect();
    let combine: Map<_, _> = revision.combine.iter().map(|(id, it)| (id.to_string(), json!(words(it)))).collect();
    said.extend((!groups.is_empty()).then(|| ("groups".to_owned(), Json::Object(groups))));
    said.extend((!combine.is_empty()).then(|| ("combine".to_owned(), Json::Object(combine))));
    said
}

fn entry(entry: &Entry) -> Json {
    let mut said = Map::from_iter([
        ("id".to_owned(), json!(entry.id.as_str())),
        ("category".to_owned(), json!(words(&entry.categories))),
        ("effect".to_owned(), json!(entry.effect.word())),
        ("cite".to_owned(), json!(entry.cite)),
    ]);
    put(&mut said, "except", words(&entry.except));
    said.extend(to(&entry.to).map(|it| ("to".to_owned(), it)));
    said.extend(when(&entry.when).map(|it| ("when".to_owned(), it)));
    if let Effect::Conditional(ways) = &entry.effect {
        let way = |it: &crate::model::Alternative| {
            let mut said = Map::from_iter([("all".to_owned(), json!(words(&it.all)))]);
            said.extend(when(&it.when).map(|it| ("when".to_owned(), it)));
            Json::Object(said)
        };
        said.insert("requires".to_owned(), ways.iter().map(way).collect());
    }
    put(&mut said, "exemptions", words(&entry.exemptions));
    put(&mut said, "duties", words(&entry.duties));
    said.extend(entry.combine.as_ref().map(|it| ("combine".to_owned(), json!(it.as_str()))));
    Json::Object(said)
}

/// Returns conditions: for each fact, with its window, the values that it may
/// have.
fn when(when: &When) -> Option<Json> {
    let values = |condition: &Condition| match condition {
        Condition::Flag(expected) => json!([expected]),
        Condition::Choice(among) => json!(words(among)),
        Condition::Count(bounds, _) => {
            let mut range = Map::from_iter([("at_least".to_owned(), json!(bounds.at_least().number()))]);
            range.extend(bounds.below().map(|it| ("below".to_owned(), json!(it.number()))));
            Json::Object(range)
        }
    };
    let said: Map<_, _> = when.iter().map(|(fact, it)| (name(fact, window(it)), values(it))).collect();
    (!said.is_empty()).then_some(Json::Object(said))
}

fn to(destinations: &Destinations) -> Option<Json> {
    match destinations {
        Destinations::Any => None,
        Destinations::Only(members) => Some(json!({"only": words(members)})),
        Destinations::Except(members) => Some(json!({"except": words(members)})),
    }
}

fn words<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<Json> {
    all.into_iter().map(|it| Json::String(it.to_string())).collect()
}

/// Puts values in where there are any.
fn put(said: &mut Map<String, Json>, key: &str, values: Vec<Json>) {
    if !values.is_empty() {
        said.insert(key.to_owned(), Json::Array(values));
    }
}
