//! A registry of negative lists.
//!
//! May a category of data leave a place on a date? Free flow is the default,
//! and a restriction exists only where a published, dated entry says so. The
//! modules, in reading order:
//!
//! - [`model`]: the words of the field as values
//! - [`evaluate`]: from a state and a question to an answer with its reasons
//! - [`compare`]: what became of entries and answers between two revisions
//! - [`measure`]: what a list is like, by what the Initiative asks of it
//! - [`canon`]: canonical bytes, hashes, trees, chains; questions and answers as JSON

mod batch;
pub mod canon;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod compare;
mod document;
pub mod evaluate;
pub mod journal;
pub mod log;
pub mod measure;
pub mod model;
pub mod receipt;
pub mod registry;
pub mod server;
pub mod store;
