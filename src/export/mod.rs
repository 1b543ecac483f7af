//! The registry in the formats of other programs. Pure: a state in, files out.

mod cedar;
mod entries;
mod opa;

pub use cedar::cedar_policies;
pub use entries::{EntryTable, Revisions, TableError, entry_table};
pub use opa::opa_bundle;
