//! Requests to the server, without a socket: a line with method and address,
//! lines of headers, an empty line, and the body.

use std::fs;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use neglist::canon::SecretKey;
use neglist::journal::Witness;
use neglist::log::{Consistency, Submission};
use neglist::server::{Limits, Service, witness};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::{QUESTIONS, chains, folder, log_key, note_at, registry};

/// No answer is longer.
const MOST: usize = 64 << 20;

struct Server {
    runtime: Runtime,
    registry: Router,
    witness: Router,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let clock = || 1_790_000_000;
        let limits = Limits { time: Duration::from_secs(5), ..Limits::default() };
        let service = Service::open(registry(), true, limits, clock).unwrap();
        let memory = folder().join("witnessed");
        let known = Witness::open("w.example", SecretKey::from_seed(&[2; 32]), vec![log_key()], &memory, true);
        Server {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            registry: Arc::new(service).router(),
            witness: witness(known.unwrap(), clock),
        }
    })
}

/// Reads an input as a request; `None` where the protocol itself has no such
/// request.
fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|it| it == b"\n\n");
    let (head, body) = end.map_or((bytes, &[][..]), |it| (&bytes[..it], &bytes[it + 2..]));
    let mut lines = head.split(|it| *it == b'\n');
    let (method, uri) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = method.parse::<Method>().ok()?;
    *request.uri_mut() = uri.parse::<Uri>().ok()?;
    for line in lines {
        let (name, value) = line.split_at(line.iter().position(|it| *it == b':')?);
        let name = HeaderName::from_bytes(name).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(value.get(1..)?).ok()?);
    }
    Some(request)
}

/// Asks the registry, and returns the status and the body of the answer.
pub fn answered(text: &str) -> (u16, String) {
    let request = request(text.as_bytes()).unwrap();
    let server = server();
    server.runtime.block_on(async {
        let response = server.registry.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), MOST).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

pub fn check(bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    let server = server();
    let is_witness = request.uri().path() == "/add-checkpoint";
    let router = if is_witness { server.witness.clone() } else { server.registry.clone() };
    let about = format!("{} {}", request.method(), request.uri());
    let is_read = request.method() != Method::HEAD;
    server.runtime.block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        assert!(parts.status != StatusCode::INTERNAL_SERVER_ERROR, "{about}: a fault of the program");
        assert!(parts.status != StatusCode::GATEWAY_TIMEOUT && parts.status != StatusCode::REQUEST_TIMEOUT, "{about}");
        let is = |kind: &str| {
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(kind.as_bytes()))
        };
        // It goes on for as long as somebody listens.
        if is("text/event-stream") {
            return;
        }
        let is_plain = !parts.headers.contains_key(header::CONTENT_ENCODING);
        let body = to_bytes(body, MOST).await.unwrap_or_else(|it| panic!("{about}: {it}"));
        let is_text =
            is("text/") || is("application/problem+json") || is("application/json") || is("application/x-ndjson");
        if is_plain && is_text {
            let text = std::str::from_utf8(&body).unwrap_or_else(|it| panic!("{about}: {it}"));
            if is_read && (is("application/json") || is("application/problem+json")) {
                serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|it| panic!("{about}: {it}: {text}"));
            }
            if is("text/html") {
                assert!(!text.contains("<script>alert"), "{about}: what was sent is a part of the page");
            }
        }
    });
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<String> = Vec::new();
    for path in [
        "/v1/ask?from=CN&to=DE&category=personal&at=2024-06-01&subjects=500&ordinary=true",
        "/v1/ask?from=CN&item=personal,subjects=calendar-year%3D5&at=2024-06-01&fact=exporter.ciio=yes&known_on=2024-01-01",
        "/v1/receipt?from=CN&category=personal&at=2024-06-01",
        "/v1/lists?place=CN&at=2024-06-01",
        "/v1/coverage",
        "/v1/lists/CN/cross-border-transfer",
        "/v1/lists/CN/cross-border-transfer/revisions/@2024-06-01",
        "/v1/diff/CN/cross-border-transfer/1.0.0/1.1.0?verdicts=true",
        "/v1/catalog",
        "/v1/changes?since=3",
        "/events",
        "/feed.atom?place=CN&lang=zh",
        "/feed.atom?from=CN&category=personal&at=2024-06-01",
        "/log/head",
        "/log/checkpoint",
        "/log/tile/0/000.p/7",
        "/log/tile/..%2f..%2fcheckpoint",
        "/log/records/000.p/7",
        "/log/records/x072/x057/x594/x037/x927/935",
        "/healthz",
        "/metrics",
        "/openapi.json",
        "/?lang=zh",
        "/<script>alert(1)</script>",
        "/v1/lists/%00/%ff",
    ] {
        seeds.push(format!("GET {path}\nhost: localhost\n\n"));
    }
    for page in neglist_pages() {
        seeds.push(format!("GET {page}\naccept-language: zh\n\n"));
    }
    for question in QUESTIONS {
        seeds.push(format!("POST /v1/ask\ncontent-type: application/json\n\n{question}"));
        seeds.push(format!("POST /v1/batch?verdict_only=true\n\n{question}\n{question}\n"));
    }
    let record = String::from_utf8(super::records().1.last().unwrap().line().to_vec()).unwrap();
    seeds.push(format!(
        "POST /v1/lists/CN/cross-border-transfer/revisions\ncontent-type: application/json\n\n{record}\n"
    ));
    let submission = Submission { old_size: 0, consistency: Consistency::default(), note: note_at(chains().size()) };
    seeds.push(format!("POST /add-checkpoint\n\n{}", submission.write()));
    let unknown = submission.write().replace(log_key().name(), &"a".repeat(1_000));
    seeds.push(format!("POST /add-checkpoint\n\n{unknown}"));
    seeds.push("OPTIONS /v1/ask\norigin: http://elsewhere\naccess-control-request-method: POST\n\n".to_owned());
    seeds.push("GET /v1/catalog\naccept-encoding: gzip\nif-none-match: W/\"x\", *\nrange: bytes=0-\n\n".to_owned());
    seeds.into_iter().map(String::into_bytes).collect()
}

/// The pages for people, as their addresses stand in the code.
fn neglist_pages() -> Vec<String> {
    let text = fs::read_to_string(super::repository().join("src/server/page/mod.rs")).unwrap();
    let paths = text.split("Route::new(\"").skip(1).filter_map(|it| it.split('"').next());
    let paths: Vec<_> = paths
        .map(|it| {
            it.replace("{jurisdiction}", "CN")
                .replace("{name}", "cross-border-transfer")
                .replace("{version}", "1.0.0")
                .replace("{place}", "CN")
                .replace("{id}", "personal")
                .replace("{before}", "1.0.0")
                .replace("{after}", "1.1.0")
        })
        .collect();
    assert!(3 < paths.len(), "the pages are somewhere else now");
    paths
}
