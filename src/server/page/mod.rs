//! Pages for people: made on the server, complete without script, in English
//! and Chinese.
//!
//! A file a page. Each reads its query strictly, makes one call to the
//! registry, and writes markup; nothing that it shows comes from another host.

mod ask;
mod assets;
mod layout;
mod verify;

use std::sync::Arc;

use axum::routing::get;

use crate::server::Service;
use crate::server::routes::Route;

/// The addresses of pages.
pub(super) const ROUTES: &[Route] = &[
    Route::new("/", || get(ask::get), &[]),
    Route::new("/verify", || get(verify::get), &[]),
    Route::new("/page/{name}", || get(assets::get), &[]),
];

type Shared = axum::extract::State<Arc<Service>>;
