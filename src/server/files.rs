//! The files of the log, for mirrors and whoever watches: C2SP tlog-tiles, and
//! the records themselves in bundles that are cut as tiles are.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::canon::head_document;
use crate::journal::{LogFolder, bundle_of};
use crate::log::ServedLog;
use crate::server::Service;
use crate::server::ask::NO_CACHE;
use crate::server::problem::Problem;

type Answered = Result<Response, Problem>;

/// What is full never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// `GET /log/head`: how far the registry is, whether or not that is signed.
pub(super) async fn head(Shared(service): Shared<Arc<Service>>) -> Answered {
    let edition = service.editions.current();
    let body = head_document(edition.head());
    Ok(([(header::CONTENT_TYPE, "application/json")], [(header::CACHE_CONTROL, NO_CACHE)], body).into_response())
}

/// `GET /log/checkpoint`
pub(super) async fn checkpoint(Shared(service): Shared<Arc<Service>>) -> Answered {
    let edition = service.editions.current();
    let note = edition.checkpoint.clone().ok_or_else(|| Problem::missing("the head of this registry is not signed"))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], [(header::CACHE_CONTROL, NO_CACHE)], note)
        .into_response())
}

/// `GET /log/tile/{*path}`
pub(super) async fn tile(Shared(service): Shared<Arc<Service>>, Path(path): Path<String>) -> Answered {
    let log = LogFolder::of(service.editions.root());
    let path = format!("tile/{path}");
    // Digits, and what tlog-tiles has between them: no way out of the folder.
    let is_plain = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit() || "xp.".contains(it));
    let is_tile = path.split('/').skip(1).all(|it| (is_plain(it) && !it.starts_with('.')) || it == "entries");
    let missing = || Problem::missing(format!("there is no `{path}` in the log"));
    if !is_tile {
        return Err(missing());
    }
    let read = service.aside({
        let path = path.clone();
        move || log.read(&path).map_err(Problem::unavailable)
    });
    let bytes = read.await?.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], [(header::CACHE_CONTROL, FOR_EVER)], bytes)
        .into_response())
}

/// `GET /log/records/{*path}`
pub(super) async fn records(Shared(service): Shared<Arc<Service>>, Path(path): Path<String>) -> Answered {
    let edition = service.editions.current();
    let missing = || Problem::missing(format!("there are no records `{path}` in the log"));
    let numbers = bundle_of(&path).ok_or_else(missing)?;
    let bytes = service.aside(move || edition.lines.read(numbers).map_err(Problem::unavailable)).await?;
    let bytes = bytes.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], [(header::CACHE_CONTROL, FOR_EVER)], bytes).into_response())
}
