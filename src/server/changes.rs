//! What is new: `GET /v1/changes` for programs that come back, and `GET /events`
//! for those that stay.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, Uri, header};
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value as Json, json};
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::canon::head_json;
use crate::model::{Head, State};
use crate::server::Service;
use crate::server::chronicle::Event;
use crate::server::feed::revision_of;
use crate::server::problem::Problem;
use crate::server::query::Query;
use crate::server::reading::document;

/// So many changes are named at once.
const MOST: usize = 1000;

/// So many listen at once; more are turned away.
pub(super) const LISTENERS: usize = 256;

/// After so long a silence something is sent, so that nobody in between takes
/// the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);

/// `GET /v1/changes?since=POSITION`
pub(super) async fn get(
    Shared(service): Shared<Arc<Service>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["since"])?.filled()?;
    let since: u64 = query.parsed("since")?.ok_or_else(|| Problem::request("`since` is missing"))?;
    let size = edition.head().size;
    if size < since {
        return Err(Problem::request(format!("since: there are {size} records, and none after {since} yet")));
    }
    let own = Arc::clone(&service);
    service
        .aside(move || {
            let events = own.chronicle.of(&edition)?;
            let new = usize::try_from(since).ok().and_then(|it| events.get(it..)).unwrap_or_default();
            let named = new.get(..MOST).unwrap_or(new);
            let state = edition.registry.state();
            Ok(document(&edition, &headers, || {
                json!({
                    "since": since,
                    "next": since + named.len() as u64,
                    "changes": named.iter().map(|it| change_json(it, state)).collect::<Vec<_>>(),
                    "registry": head_json(edition.head()),
                })
            }))
        })
        .await
}

fn change_json(event: &Event, state: &State) -> Json {
    let revision = revision_of(event, state).map(|(list, issued)| {
        let revision = &issued.revision;
        json!({
            "list": list.id.as_str(),
            "version": revision.version.to_string(),
            "revision": issued.hash.to_string(),
            "published": revision.published.to_string(),
            "effective": revision.effective.map(|it| it.to_string()),
        })
    });
    json!({
        "position": event.position,
        "record": event.hash.to_string(),
        "recorded": event.recorded,
        "kind": event.kind,
        "revision": revision,
    })
}

/// `GET /events`: the head at first, and then each that is taken up.
pub(super) async fn listen(Shared(service): Shared<Arc<Service>>, uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?.filled()?;
    let place = Arc::clone(&service.listeners).try_acquire_owned().map_err(|_| Problem::busy())?;
    let mut heads = service.editions.heads();
    heads.mark_changed();
    let messages = stream::unfold((heads, place), next);
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(messages).keep_alive(KeepAlive::new().interval(SILENCE))).into_response())
}

/// Who listens: the heads, and a place among those who may.
type Listening = (watch::Receiver<Head>, OwnedSemaphorePermit);

async fn next((mut heads, place): Listening) -> Option<(Result<Message, Infallible>, Listening)> {
    // The sender lives as long as the service.
    heads.changed().await.ok()?;
    let head = heads.borrow_and_update().clone();
    let message = Message::default().event("head").id(head.size.to_string()).data(head_json(&head).to_string());
    Some((Ok(message), (heads, place)))
}
