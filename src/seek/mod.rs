//! Asking the other way round: what would make it lawful, and how much each
//! way asks of whoever sends the data.
//!
//! Nothing here knows the law. Whatever is found was found by asking the
//! evaluator again, with more stated.

mod burden;
mod places;
mod routes;

pub use burden::Burden;
pub use places::{Prospect, destinations, prospects};
pub use routes::{Claims, Route, Routes, routes};

pub(crate) use routes::with;
