//! `POST /v1/lists/{jurisdiction}/{name}/revisions`: a signed draft.
//!
//! Nobody logs in. What is sent is the record that would come next, signed by
//! those who may publish the list: the signatures name this registry, the
//! record before, and what is published, so that they are good for one place
//! and cannot be sent a second time.

use std::sync::{Arc, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::canon::{Publication, head_json};
use crate::catalog::Draft;
use crate::journal::AppendError;
use crate::model::Revision;
use crate::registry::{PublishError, Publisher, TakeError, plan};
use crate::server::Service;
use crate::server::problem::Problem;

/// Where drafts are sent.
pub(super) const PATH: &str = "/v1/lists/{jurisdiction}/{name}/revisions";

/// The longest draft: ten thousand long entries.
pub(super) const MOST_BYTES: usize = 64 << 20;

/// `POST /v1/lists/{jurisdiction}/{name}/revisions`
pub(super) async fn post(
    Shared(service): Shared<Arc<Service>>,
    Path((jurisdiction, name)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let list = format!("{jurisdiction}/{name}");
    let own = Arc::clone(&service);
    service.aside(move || published(&own, &list, &body)).await
}

fn published(service: &Service, list: &str, line: &[u8]) -> Result<Response, Problem> {
    let Some(publisher) = service.publisher.as_ref().filter(|_| service.accepts_drafts) else {
        let refused = "this server takes no drafts: it is a mirror, or was started without `--accept-drafts`";
        return Err(Problem::new(StatusCode::FORBIDDEN, "nothing is published here", refused));
    };
    let mut publisher = publisher.lock().unwrap_or_else(PoisonError::into_inner);
    if publisher.chains().root_key().is_none() {
        let refused = "this registry has no root key, so nobody can be told from anybody else";
        return Err(Problem::new(StatusCode::FORBIDDEN, "nothing is published here", refused));
    }
    // What others published to a shared journal comes first.
    publisher.catch_up().map_err(|it| Problem::unavailable(&it))?;
    let recorded = service.now().to_string();
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let taken = publisher.take_signed(line, &recorded, |publication, publisher| {
        if let Publication::Revision(revision) = publication
            && revision.list.as_str() == list
        {
            return tried_out(revision, publisher);
        }
        Err(format!("it is not a revision of `{list}`"))
    });
    let head = taken.map_err(Problem::from)?;
    publisher.settle();
    drop(publisher);
    service.refresh();
    let document = json!({"list": list, "position": head.size - 1, "registry": head_json(&head)});
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], format!("{document}\n")).into_response())
}

/// Holds a revision to what every publisher is held to: its words are known, and
/// its version does not say less than it does to answers.
fn tried_out(revision: &Revision, publisher: &Publisher) -> Result<(), String> {
    let state = publisher.chains().state().ok_or("the registry has no catalog")?;
    let draft = Draft { revision: revision.clone(), follows: None, expectations: Vec::new() };
    plan(&state, &draft).map(|_| ()).map_err(|it| it.to_string())
}

impl From<TakeError> for Problem {
    fn from(error: TakeError) -> Problem {
        match &error {
            TakeError::Refused(why) => Problem::refused(why),
            // Somebody was first.
            TakeError::Invalid(_) | TakeError::Publish(PublishError::Append(AppendError::Elsewhere { .. })) => {
                Problem::conflict(&error)
            }
            TakeError::Publish(_) => Problem::unavailable(&error),
        }
    }
}
