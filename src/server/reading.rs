//! What the registry holds: lists, revisions, comparisons, the catalog.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use semver::Version;
use serde_json::{Value as Json, json};

use crate::canon::head_json;
use crate::document::{
    Found, categories_json, comparison_json, coverage_json, history_json, lists_json, revision_json,
};
use crate::model::near::did_you_mean;
use crate::model::{At, InForce, Issued, Jurisdiction, List, ListId, State};
use crate::registry::{Depth, without_a_list};
use crate::server::Service;
use crate::server::ask::{NO_CACHE, is_known};
use crate::server::edition::Edition;
use crate::server::problem::Problem;
use crate::server::query::Query;

type Answered = Result<Response, Problem>;

/// `GET /v1/lists`
pub(super) async fn lists(Shared(service): Shared<Arc<Service>>, uri: Uri, headers: HeaderMap) -> Answered {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["place", "at"])?.filled()?;
    let state = edition.registry.state();
    let at = day(&query, &service)?;
    let chain = match query.parsed::<Jurisdiction>("place")? {
        None => None,
        Some(place) => match state.place_mistake(&place) {
            None => Some(state.places.chain(&place, at)),
            Some(mistake) => return Err(vec![mistake].into()),
        },
    };
    let is_shown = |it: &&Arc<List>| chain.as_ref().is_none_or(|chain| chain.contains(&it.id.jurisdiction()));
    Ok(document(&edition, &headers, || lists_json(state.lists.values().filter(is_shown), at, state)))
}

/// `GET /v1/coverage`
pub(super) async fn coverage(Shared(service): Shared<Arc<Service>>, uri: Uri, headers: HeaderMap) -> Answered {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["at"])?.filled()?;
    let at = day(&query, &service)?;
    let (state, covered) = (edition.registry.state(), edition.registry.coverage(at));
    let without = without_a_list(&covered, at, state);
    Ok(document(&edition, &headers, || coverage_json(&covered, &without, at, state)))
}

/// `GET /v1/lists/{jurisdiction}/{name}`
pub(super) async fn list(
    Shared(service): Shared<Arc<Service>>,
    Path((jurisdiction, name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answered {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["at"])?.filled()?;
    let state = edition.registry.state();
    let (list, at) = (find_list(state, &jurisdiction, &name)?, day(&query, &service)?);
    Ok(document(&edition, &headers, || history_json(list, at, state)))
}

/// `GET /v1/lists/{jurisdiction}/{name}/revisions/{version}`
pub(super) async fn revision(
    Shared(service): Shared<Arc<Service>>,
    Path((jurisdiction, name, version)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answered {
    let edition = service.editions.current();
    Query::read(&uri, &[])?.filled()?;
    let state = edition.registry.state();
    let list = find_list(state, &jurisdiction, &name)?;
    let issued = find_revision(list, &version)?;
    Ok(document(&edition, &headers, || revision_json(list, issued, state)))
}

/// `GET /v1/diff/{jurisdiction}/{name}/{before}/{after}`
///
/// To compare answers may take a second: so that runs where nobody else waits.
pub(super) async fn diff(
    Shared(service): Shared<Arc<Service>>,
    Path((jurisdiction, name, before, after)): Path<(String, String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answered {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["verdicts"])?.filled()?;
    let depth = if query.flag("verdicts")? { Depth::Answers } else { Depth::Text };
    service
        .aside(move || {
            let state = edition.registry.state();
            let list = find_list(state, &jurisdiction, &name)?;
            let (before, after) = (find_revision(list, &before)?, find_revision(list, &after)?);
            Ok(document(&edition, &headers, || comparison_json(&edition.registry.compare(before, after, depth), state)))
        })
        .await
}

/// `GET /v1/catalog`
pub(super) async fn catalog(Shared(service): Shared<Arc<Service>>, uri: Uri, headers: HeaderMap) -> Answered {
    let edition = service.editions.current();
    Query::read(&uri, &[])?.filled()?;
    let state = edition.registry.state();
    Ok(document(&edition, &headers, || {
        let categories: Vec<_> = state.categories.iter().collect();
        let facts: Vec<_> = state.vocabulary.iter().map(|it| Found::Fact(it).json(state)).collect();
        let places: Vec<_> = state.places.iter().map(|it| Found::Place(it).json(state)).collect();
        json!({
            "categories": categories_json(&categories, state),
            "facts": facts,
            "places": places,
            "registry": head_json(&state.head),
        })
    }))
}

/// Returns a document of an edition, which whoever has it compares with the
/// head before it is used again.
pub(super) fn document(edition: &Edition, headers: &HeaderMap, json: impl FnOnce() -> Json) -> Response {
    let tag = [(header::ETAG, edition.etag.clone()), (header::CACHE_CONTROL, NO_CACHE)];
    if is_known(headers, &edition.etag) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    let body = format!("{}\n", json());
    (tag, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Reads the day that is asked about; today, which the document then names, if
/// none is.
fn day(query: &Query, service: &Service) -> Result<At, Problem> {
    Ok(query.parsed("at")?.unwrap_or_else(|| service.today()))
}

/// Finds a list by the two parts of its id.
pub(super) fn find_list<'s>(state: &'s State, jurisdiction: &str, name: &str) -> Result<&'s Arc<List>, Problem> {
    let written = format!("{jurisdiction}/{name}");
    let id: Result<ListId, _> = written.parse();
    let found = id.ok().and_then(|it| state.lists.get(&it));
    found.ok_or_else(|| {
        let near = did_you_mean(&written, state.lists.keys().map(ListId::as_str));
        let message = format!("there is no list `{written}`");
        Problem::missing(&message).with(message, near)
    })
}

/// Finds a revision by its version, or `@DATE` for the one in force that day.
pub(super) fn find_revision<'l>(list: &'l List, written: &str) -> Result<&'l Issued, Problem> {
    if let Some(day) = written.strip_prefix('@') {
        let at: At = day.parse().map_err(|it: crate::model::date::MalformedDate| Problem::request(it))?;
        return match list.in_force(at, None) {
            InForce::Yes(issued) => Ok(issued),
            InForce::NotYet | InForce::Lapsed(_) => {
                Err(Problem::missing(format!("no revision of `{}` is in force on {at}", list.id)))
            }
        };
    }
    let version: Version =
        written.parse().map_err(|it| Problem::request(format!("`{written}` is not a version: {it}")))?;
    list.issued(&version).ok_or_else(|| Problem::missing(format!("`{}` has no revision {version}", list.id)))
}
