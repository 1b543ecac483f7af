//! Counters, as Prometheus reads them. They say how many and how long, and
//! never what was asked.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::server::edition::Edition;

/// The bounds of the buckets, in seconds.
const BOUNDS: [f64; 8] = [0.000_1, 0.000_5, 0.001, 0.005, 0.025, 0.1, 1.0, 10.0];

/// What was counted since the start.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    answered: Mutex<BTreeMap<(&'static str, &'static str, u16), u64>>,
    times: Mutex<BTreeMap<&'static str, Times>>,
    turned_away: AtomicU64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    buckets: [u64; BOUNDS.len()],
    many: u64,
    sum: f64,
}

/// Returns the name of a method that addresses have; strangers send any.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

impl Metrics {
    /// Counts an answer.
    pub(super) fn answered(&self, method: &Method, route: &'static str, status: StatusCode, took: Duration) {
        let key = (word(method), route, status.as_u16());
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
        let seconds = took.as_secs_f64();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = times.entry(route).or_default();
        times.many += 1;
        times.sum += seconds;
        for (bucket, _) in times.buckets.iter_mut().zip(BOUNDS).filter(|(_, bound)| seconds <= *bound) {
            *bucket += 1;
        }
    }

    /// Counts a request that was turned away.
    pub(super) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes them all.
    pub(super) fn text(&self, edition: &Edition, is_healthy: bool) -> String {
        let mut text = String::new();
        let heading = |text: &mut String, name: &str, kind: &str, help: &str| {
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        };
        heading(&mut text, "neglist_requests_total", "counter", "Requests that were answered");
        for ((method, route, status), many) in self.answered.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let _ = writeln!(text, "neglist_requests_total{{{labels}}} {many}");
        }
        heading(&mut text, "neglist_request_seconds", "histogram", "How long requests took");
        for (route, times) in self.times.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            for (bound, many) in BOUNDS.iter().zip(times.buckets) {
                let _ = writeln!(text, "neglist_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {many}");
            }
            let Times { many, sum, .. } = times;
            let _ = writeln!(text, "neglist_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {many}");
            let _ = writeln!(text, "neglist_request_seconds_sum{{route=\"{route}\"}} {sum}");
            let _ = writeln!(text, "neglist_request_seconds_count{{route=\"{route}\"}} {many}");
        }
        heading(
            &mut text,
            "neglist_requests_turned_away_total",
            "counter",
            "Requests that came while too many were answered",
        );
        let _ = writeln!(text, "neglist_requests_turned_away_total {}", self.turned_away.load(Ordering::Relaxed));
        heading(&mut text, "neglist_records", "gauge", "Records of the registry that is served");
        let _ = writeln!(text, "neglist_records {}", edition.head().size);
        heading(&mut text, "neglist_signed_records", "gauge", "Records that the signed checkpoint covers");
        let _ = writeln!(text, "neglist_signed_records {}", edition.signed_size().unwrap_or_default());
        heading(&mut text, "neglist_healthy", "gauge", "Whether what is served is the journal's head");
        let _ = writeln!(text, "neglist_healthy {}", u8::from(is_healthy));
        text
    }
}
