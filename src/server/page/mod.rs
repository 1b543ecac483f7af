//! Pages for people: made on the server, complete without script, in English
//! and Chinese.
//!
//! A file a page. Each reads its query strictly, makes one call to the
//! registry, and writes markup; nothing that it shows comes from another host.

mod ask;
mod assets;
mod layout;
mod verify;

mod catalog;
mod coverage;
mod list;
mod lists;
mod map;
mod matrix;
mod parts;
mod place;
mod revision;
mod survey;
mod visit;

use std::sync::Arc;

use axum::routing::get;

use crate::server::Service;
use crate::server::routes::Route;

/// The addresses of pages.
pub(super) const ROUTES: &[Route] = &[
    Route::new("/", || get(ask::get), &[]),
    Route::new("/verify", || get(verify::get), &[]),
    Route::new("/page/{name}", || get(assets::get), &[]),
    // What the registry holds.
    Route::new("/lists", || get(lists::get), &[]),
    Route::new("/lists/{jurisdiction}/{name}", || get(list::get), &[]),
    Route::new("/lists/{jurisdiction}/{name}/{version}", || get(revision::get), &[]),
    Route::new("/diff/{jurisdiction}/{name}", || get(revision::chosen), &[]),
    Route::new("/diff/{jurisdiction}/{name}/{before}/{after}", || get(revision::diff), &[]),
    Route::new("/coverage", || get(coverage::get), &[]),
    Route::new("/places/{code}", || get(place::get), &[]),
    Route::new("/catalog", || get(catalog::get), &[]),
    Route::new("/catalog/{id}", || get(catalog::item), &[]),
    // One question of many places.
    Route::new("/map", || get(map::get), &[]),
    Route::new("/map/outcomes", || get(map::outcomes), &[]),
    Route::new("/matrix", || get(matrix::get), &[]),
    Route::new("/matrix.csv", || get(matrix::file), &[]),
];

type Shared = axum::extract::State<Arc<Service>>;
