//! `/`: one question, and its answer.

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::html;

use crate::server::page::Shared;
use crate::server::page::layout::{Page, language};
use crate::server::problem::Problem;
use crate::server::query::Query;

/// `GET /`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let edition = service.editions.current();
    let query = Query::read(&uri, &["lang"])?;
    let language = language(&query, &headers)?;
    let title = language.say("Ask", "询问");
    let page = Page { language, uri: &uri, head: edition.head(), title, scripts: &[] };
    Ok(page.respond(StatusCode::OK, &html! { h1 { (title) } }))
}
