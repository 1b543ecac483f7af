//! What people write, read into the model: TOML in, values out.
//!
//! Every mistake is reported, each with its file, line and column, what would
//! be right and what is near. The library never prints: [`Diagnostic`]s are
//! rendered at the edge.

mod diagnostic;
mod folder;
mod releases;
mod revision;
mod words;

pub use diagnostic::{Diagnostic, Finding};
pub use folder::{Sources, read_folder};
pub use releases::{read_categories, read_places, read_vocabulary};
pub use revision::read_revision;
pub use words::{UnknownWord, Words};
