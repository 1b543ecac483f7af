//! `GET /v1/ask` beside a bare handler that answers as many bytes, on loopback,
//! in turns: requests a second and the slowest hundredth, as ratios.
//!
//!     cargo bench --bench serve        (needs `wrk`)

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::indexing_slicing,
    reason = "a benchmark says what it measured"
)]

use std::process::Command;
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use neglist::client::Remote;
use neglist::journal::snapshot;
use neglist::registry::Publisher;
use neglist::server::{Limits, Listener, Service, serve};

const ROUNDS: usize = 11;
const ASK: &str =
    "v1/ask?from=CN&to=US&category=personal.contact&subjects=50000&fact=sector%3Dretail&ordinary=true&at=2024-04-01";

/// What a round of `wrk` came to.
struct Load {
    requests_a_second: f64,
    slowest_hundredth: f64,
}

fn main() {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("not measured: there is no `wrk` here (on Debian, `apt-get install wrk`)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("registry");
    let unpacked = snapshot::read(&std::fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
    drop(Publisher::create(&root, &unpacked.records, &unpacked.head.origin).unwrap());
    let now = || 1_790_000_000;
    let service = Arc::new(Service::open(&root, false, Limits::default(), now).unwrap());
    let ours = started(service.router());
    let body = Remote::new(&ours).unwrap().get(ASK).unwrap().body;
    let bytes = body.len();
    let answer = axum::body::Bytes::from(body);
    let bare = started(
        Router::new()
            .route("/v1/ask", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], answer) })),
    );
    println!("{bytes} bytes an answer; {ROUNDS} rounds of 2 s each, 16 connections, 1 thread of wrk");
    let mut ratios: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let mut rates: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        let (us, them) = if round % 2 == 0 {
            let us = load(&ours);
            (us, load(&bare))
        } else {
            let them = load(&bare);
            (load(&ours), them)
        };
        // The first round warms both up.
        if 0 < round {
            ratios[0].push(us.requests_a_second / them.requests_a_second);
            ratios[1].push(us.slowest_hundredth / them.slowest_hundredth);
            rates[0].push(us.requests_a_second);
            rates[1].push(them.requests_a_second);
        }
    }
    println!("requests a second: {:.0}, bare {:.0}", median(&mut rates[0]), median(&mut rates[1]));
    println!("ratio of requests a second: {:.2} (goal: at least 0.75)", median(&mut ratios[0]));
    println!("ratio of the slowest hundredth: {:.2} (goal: at most 1.5)", median(&mut ratios[1]));
}

/// Starts a server that lives as long as the process, and returns its address.
fn started(router: Router) -> String {
    let listener = Listener::take("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.address().unwrap());
    thread::spawn(move || serve(listener, router, None, Limits::default(), || {}).unwrap());
    address
}

fn load(address: &str) -> Load {
    let url = format!("{address}/{ASK}");
    let output = Command::new("wrk").args(["-t1", "-c16", "-d2s", "--latency", &url]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}");
    let after = |word: &str| text.lines().find_map(|it| it.trim().strip_prefix(word)).unwrap().trim().to_owned();
    Load { requests_a_second: after("Requests/sec:").parse().unwrap(), slowest_hundredth: seconds(&after("99%")) }
}

/// Reads a time as `wrk` writes it: `1.23ms`.
fn seconds(text: &str) -> f64 {
    let (number, unit) = text.split_at(text.find(|it: char| it.is_ascii_alphabetic()).unwrap());
    let number: f64 = number.parse().unwrap();
    number
        * match unit {
            "us" => 1e-6,
            "ms" => 1e-3,
            _ => 1.0,
        }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
