//! Style, scripts and shapes: files of the program itself, which browsers keep
//! for as long as the program is the same.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::server::page::verify;
use crate::server::problem::Problem;

/// A file that pages use.
pub(super) struct Asset {
    pub(super) name: &'static str,
    pub(super) media: &'static str,
    pub(super) text: &'static str,
}

const ASSETS: &[Asset] = &[
    Asset { name: "style.css", media: STYLE, text: include_str!("style.css") },
    Asset { name: "icon.svg", media: "image/svg+xml", text: include_str!("icon.svg") },
    Asset { name: "ask.js", media: SCRIPT, text: include_str!("ask.js") },
    // Plays the map.
    Asset { name: "map.js", media: SCRIPT, text: include_str!("map.js") },
];

const STYLE: &str = "text/css; charset=utf-8";
pub(super) const SCRIPT: &str = "text/javascript; charset=utf-8";

/// `GET /page/{name}`
pub(super) async fn get(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().chain(verify::ASSETS).find(|it| it.name == name);
    let asset = asset.ok_or_else(|| Problem::missing(format!("there is no file `{name}` for pages")))?;
    // Pages name it with the version of the program.
    let headers = [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, "public, max-age=86400")];
    if asset.media == STYLE {
        return Ok((headers, squeezed(asset.text)).into_response());
    }
    Ok((headers, asset.text).into_response())
}

/// Returns a style without what only its authors need: indentation, and lines
/// of comments. No value of ours goes over two lines.
fn squeezed(style: &str) -> String {
    let lines = style.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.filter(|it| !(it.starts_with("/*") && it.ends_with("*/"))).collect::<Vec<_>>().join("\n")
}
