//! Revisions written as the TOML that people write: drafts to edit, a starter
//! for a new list, and entries put into a draft that somebody has edited.
//!
//! What is written reads back as the same revision; `docs/lists.md` has the
//! format.

mod draft;
mod entry;
mod revision;
mod splice;
mod starter;
mod value;

pub use draft::{Drafted, draft};
pub use revision::write_revision;
pub use splice::{SpliceError, splice};
pub use starter::starter;
pub(in crate::catalog) use value::{left_out, names, notes_inline, string};
