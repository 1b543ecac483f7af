//! What a server would answer, as files: for hosts that only serve files.

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

use crate::registry::SiteFile;
use crate::server::{Clock, Limits, ServeError, Service};

/// Returns the feeds of a registry: of everything, and of each list, in both
/// languages.
pub fn feeds(root: &Path, clock: Clock) -> Result<Vec<SiteFile>, ServeError> {
    let service = Arc::new(Service::open(root, false, Limits::default(), clock)?);
    let edition = service.editions.current();
    let mut wanted = vec![("feed.atom".to_owned(), String::new())];
    for list in edition.registry.state().lists.keys() {
        wanted.push((format!("lists/{list}.atom"), format!("list={list}&")));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut files = Vec::new();
    for (path, about) in wanted {
        for (language, suffix) in [("en", ""), ("zh", ".zh")] {
            let path = path.replacen(".atom", &format!("{suffix}.atom"), 1);
            let address = format!("/feed.atom?{about}lang={language}");
            let bytes = runtime.block_on(answered(&service, &address))?;
            let bytes = String::from_utf8_lossy(&bytes).into_owned();
            // It lies elsewhere than the server has it.
            let own = address.replace('&', "&amp;");
            files.push((path.clone(), bytes.replacen(&own, &format!("/{path}"), 1).into_bytes()));
        }
    }
    Ok(files)
}

/// Returns what is answered to one request.
async fn answered(service: &Arc<Service>, address: &str) -> Result<Vec<u8>, ServeError> {
    let failed = |it: axum::Error| ServeError::Io(std::io::Error::other(it));
    let request = Request::get(address).body(Body::empty()).map_err(std::io::Error::other)?;
    let response = service.router().oneshot(request).await.unwrap_or_else(|never| match never {});
    if !response.status().is_success() {
        let why = format!("{address} is answered with {}", response.status());
        return Err(ServeError::Io(std::io::Error::other(why)));
    }
    Ok(to_bytes(response.into_body(), usize::MAX).await.map_err(failed)?.to_vec())
}
