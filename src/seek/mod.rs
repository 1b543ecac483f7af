//! Asking the other way round: what would make it lawful, and how much each
//! way asks of whoever sends the data.
//!
//! Nothing here knows the law. Whatever is found was found by asking the
//! evaluator again, with more stated.

mod burden;
mod legs;
mod places;
mod routes;
mod segments;

pub use burden::Burden;
pub use legs::{Journey, Leg, LegKind, Stop};
pub use places::{Prospect, destinations, prospects};
pub use routes::{Claims, Route, Routes, routes};

pub use segments::{Headroom, Range, Segment, headroom, segments};

pub(crate) use legs::legs;
pub(crate) use routes::with;
pub(crate) use segments::with_people;
