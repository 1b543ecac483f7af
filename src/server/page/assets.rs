//! Style, scripts and shapes: files of the program itself, which browsers keep
//! for as long as the program is the same.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::server::problem::Problem;

/// A file that pages use.
struct Asset {
    name: &'static str,
    media: &'static str,
    text: &'static str,
}

const ASSETS: &[Asset] = &[
    Asset { name: "style.css", media: STYLE, text: include_str!("style.css") },
    Asset { name: "ask.js", media: SCRIPT, text: include_str!("ask.js") },
];

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// `GET /page/{name}`
pub(super) async fn get(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|it| it.name == name);
    let asset = asset.ok_or_else(|| Problem::missing(format!("there is no file `{name}` for pages")))?;
    // Pages name it with the version of the program.
    let headers = [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, asset.text).into_response())
}
