//! A witness over HTTP, as C2SP tlog-witness has it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::journal::{CosignError, Witness};
use crate::log::Refusal;
use crate::server::Clock;

/// The largest submission: a proof of 63 hashes, and a checkpoint with many
/// cosignatures.
const MOST_BYTES: usize = 64 * 1024;

/// Returns what a witness answers to.
pub fn witness(witness: Witness, clock: Clock) -> Router {
    let key = format!("{}\n", witness.public());
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/", get(|| async { key }))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state((Arc::new(Mutex::new(witness)), clock))
}

/// What keeps a head waits for the disk, and one head comes after the other:
/// so it runs on a thread that may wait.
async fn add_checkpoint(State((witness, clock)): State<(Arc<Mutex<Witness>>, Clock)>, body: Bytes) -> Response {
    let cosigned = tokio::task::spawn_blocking(move || {
        witness.lock().unwrap_or_else(PoisonError::into_inner).cosign(&body, clock())
    });
    match cosigned.await {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err(CosignError::Refused(refusal))) => refused(&refusal),
        Ok(Err(CosignError::Seen(error))) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal {
        Refusal::Conflict(size) => {
            (status, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Refusal::Malformed | Refusal::UnknownLog | Refusal::NotSigned | Refusal::Inconsistent => {
            (status, format!("{refusal}\n")).into_response()
        }
    }
}
