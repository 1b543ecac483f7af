//! The registry in the formats of other programs, each a pure function of a
//! state: bytes or files out, and nothing is written here.
//!
//! - entries as a table, bundles of Rego, policies of Cedar
//! - `linked`: SKOS, DCAT, ODRL and their vocabulary, as Turtle or JSON-LD
//! - `schemas`: JSON Schemas of what is read and written

mod cedar;
mod entries;
pub(crate) mod linked;
mod opa;
pub(crate) mod schemas;

pub use cedar::cedar_policies;
pub use entries::{EntryTable, Revisions, TableError, entry_table};
pub use opa::opa_bundle;
