//! What stands around every request: limits, counting, and one form for what
//! goes wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State as Shared};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::server::problem::Problem;
use crate::server::{Service, publish};

/// What a server bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many bytes a body has, but for batches, whose lines are limited.
    pub body: usize,
    /// So many requests are answered at once; more are turned away.
    pub requests: usize,
    /// So many connections are open at once; more wait.
    pub connections: usize,
    /// So long a request may take, but for batches and feeds.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { body: 1 << 20, requests: 1024, connections: 4096, time: Duration::from_secs(30) }
    }
}

/// Puts the guard around a router.
pub(super) fn guarded(router: Router<Arc<Service>>, service: &Arc<Service>) -> Router {
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::GET, Method::POST]).allow_headers(Any);
    let turnstile = Arc::new(Semaphore::new(service.limits.requests));
    router
        .fallback(|| async { Problem::missing("there is nothing at this address: `/openapi.json` says what there is") })
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(service.limits.body))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_| Problem::fault().into_response()))
        .layer(cors)
        .layer(from_fn(in_one_form))
        .layer(from_fn_with_state(Arc::clone(service), sized))
        .layer(from_fn_with_state((Arc::clone(service), turnstile), counted))
        .with_state(Arc::clone(service))
}

/// Counts requests, lets in as many as may be answered at once, and ends what
/// takes too long.
async fn counted(
    Shared((service, turnstile)): Shared<(Arc<Service>, Arc<Semaphore>)>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_turn) = turnstile.try_acquire_owned() else {
        service.metrics.turned_away();
        let mut response = Problem::busy().into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    let began = Instant::now();
    let method = request.method().clone();
    // Never the address itself: it has the question in it.
    let route = request.extensions().get::<MatchedPath>().map_or("other", |it| route_name(it.as_str()));
    let is_long = route == "/v1/batch" || route == "/events";
    let response = if is_long {
        next.run(request).await
    } else {
        let limit = tokio::time::timeout(service.limits.time, next.run(request)).await;
        limit.unwrap_or_else(|_| Problem::late().into_response())
    };
    let took = began.elapsed();
    service.metrics.answered(&method, route, response.status(), took);
    if let Some(log) = service.log {
        log(&line(&service, &method, route, response.status(), took));
    }
    response
}

/// Returns the line of a request in the log.
fn line(service: &Service, method: &Method, route: &str, status: StatusCode, took: Duration) -> String {
    let document = json!({
        "time": service.now().to_string(),
        "method": method.as_str(),
        "route": route,
        "status": status.as_u16(),
        "seconds": took.as_secs_f64(),
    });
    document.to_string()
}

/// Turns bodies away that say themselves that they are too long. Some of such a
/// body is read all the same: who is still sending when the connection ends
/// never reads why.
async fn sized(Shared(service): Shared<Arc<Service>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let most = match route {
        "/v1/batch" => return next.run(request).await,
        publish::PATH => publish::MOST_BYTES,
        _ => service.limits.body,
    };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
    if length.is_none_or(|it| it <= most) {
        return next.run(request).await;
    }
    let mut pieces = request.into_body().into_data_stream();
    let mut read = 0;
    while let Some(Ok(piece)) = pieces.next().await
        && read < MOST_PASSED
    {
        read += piece.len();
    }
    Problem::too_long(most).into_response()
}

/// So much of a body that is too long is read.
const MOST_PASSED: usize = 8 << 20;

/// Returns the name of a route that lives as long as the program.
fn route_name(path: &str) -> &'static str {
    crate::server::routes::every().map(|it| it.path).find(|it| *it == path).unwrap_or("other")
}

/// Gives what the framework refuses the form that our own problems have.
async fn in_one_form(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| {
        it.to_str().is_ok_and(|it| {
            it.starts_with("application/problem+json")
                || it.starts_with("application/json")
                || it.starts_with("text/html")
        })
    });
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too long",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the body is of another type than this address takes",
        StatusCode::METHOD_NOT_ALLOWED => "this address has other methods",
        _ => "the request is not understood",
    };
    Problem::new(status, "the request was refused", detail).into_response()
}
