//! `POST /v1/receipt` and `GET /v1/receipt`: an answer with its proof.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};

use crate::model::Question;
use crate::receipt::ProveError;
use crate::server::Service;
use crate::server::ask::{PARAMETERS, question_in, question_of};
use crate::server::problem::Problem;
use crate::server::query::Query;

/// `GET /v1/receipt`
pub(super) async fn get(Shared(service): Shared<Arc<Service>>, uri: Uri) -> Result<Response, Problem> {
    let question = question_of(&Query::read(&uri, PARAMETERS)?.filled()?, service.editions.current().registry.state())?;
    made(service, question).await
}

/// `POST /v1/receipt`
pub(super) async fn post(Shared(service): Shared<Arc<Service>>, body: Bytes) -> Result<Response, Problem> {
    let question = question_in(&body)?;
    made(service, question).await
}

async fn made(service: Arc<Service>, question: Question) -> Result<Response, Problem> {
    let own = Arc::clone(&service);
    let receipt = service.aside(move || {
        let prover = own.editions.prover().map_err(Problem::unavailable)?;
        prover.prove(&question).map_err(|error| match error {
            ProveError::Mistakes(mistakes) => Problem::from(mistakes),
            ProveError::NoWords
            | ProveError::Stale { .. }
            | ProveError::Forked
            | ProveError::Checkpoint(_)
            | ProveError::Differs(_) => Problem::unavailable(error),
        })
    });
    let receipt = receipt.await?;
    let named = [(header::CONTENT_DISPOSITION, "attachment; filename=\"receipt.json\"")];
    Ok(([(header::CONTENT_TYPE, "application/json")], [(header::CACHE_CONTROL, "no-store")], named, receipt)
        .into_response())
}
