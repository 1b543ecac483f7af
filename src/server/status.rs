//! How the server is: for whoever watches over it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::canon::head_json;
use crate::journal::Original;
use crate::server::Service;

/// `GET /healthz`: 200 only while what is served is the journal's head.
pub(super) async fn healthz(Shared(service): Shared<Arc<Service>>) -> Response {
    let edition = service.editions.current();
    let trouble = service.editions.trouble();
    let status = if trouble.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // Of a mirror, and of the copy of a shared journal: whose, and when that was last seen. Where
    // the clock went back since, that is as far off, and not just now.
    let original = Original::read(service.editions.root()).map(|it| {
        let age = service.second().cast_unsigned().abs_diff(it.verified);
        json!({"address": it.address, "seconds_since_verified": age})
    });
    let followed = service.following.as_ref().map(|it| {
        let age = service.second().cast_unsigned().abs_diff(it.verified.load(Ordering::Relaxed));
        json!({"address": it.address, "seconds_since_verified": age, "trouble": it.trouble()})
    });
    let original = followed.or(original);
    let document = json!({
        "healthy": trouble.is_none(),
        "trouble": trouble,
        "registry": head_json(edition.head()),
        "signed": edition.signed_size(),
        "original": original,
    });
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, format!("{document}\n")).into_response()
}

/// `GET /metrics`
pub(super) async fn metrics(Shared(service): Shared<Arc<Service>>) -> Response {
    let text = service.metrics.text(&service.editions.current(), service.editions.trouble().is_none());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
