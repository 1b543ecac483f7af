//! What people write, read into the model: TOML in, values out.
//!
//! Every mistake is reported, each with its file, line and column, what would
//! be right and what is near. The library never prints: [`Diagnostic`]s are
//! rendered at the edge.

mod diagnostic;
mod expectation;
mod file;
mod folder;
pub mod lint;
mod lock;
mod releases;
mod revision;
pub mod table;
mod words;
mod write;

pub use diagnostic::{Diagnostic, Finding};
pub use expectation::Expected;
pub use file::{MOST_TEXT, read_text, read_within};
pub use folder::{Releases, Sources, read_folder, read_releases};
pub use lock::{read_lock, write_lock};
pub use releases::{read_categories, read_places, read_vocabulary};
pub use revision::{Draft, read_draft, read_draft_against, read_revision};
pub use words::{UnknownWord, Words};
pub use write::{Drafted, SpliceError, draft, splice, starter, write_revision};
