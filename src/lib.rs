//! A registry of negative lists.
//!
//! May a category of data leave a place on a date? Free flow is the default,
//! and a restriction exists only where a published, dated entry says so. The
//! modules, in reading order:
//!
//! - [`model`]: the words of the field as values
//! - [`evaluate`]: from a state and a question to an answer with its reasons
//! - [`compare`]: what became of entries and answers between two revisions
//! - [`seek`]: the other way round: what would make it lawful, where it may go, what other numbers change
//! - [`measure`]: what a list is like, by what the Initiative asks of it
//! - [`canon`]: canonical bytes, hashes, trees, chains; questions and answers as JSON
//! - [`log`]: the transparency log, its witnesses, and evidence against it
//! - [`receipt`]: answers that anyone can check offline
//! - [`catalog`]: lists and words as people write them, and what is wrong with them
//! - [`journal`]: what is acknowledged and never lost
//! - [`store`]: views of the journal, which can be thrown away
//! - [`registry`]: ask, publish, compare, prove, audit, mirror
//! - [`export`]: the same in the formats of other programs
//! - [`client`] and [`server`]: the same from afar
//! - [`cli`]: the command line

mod batch;
pub mod canon;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod compare;
mod document;
pub mod evaluate;
pub mod export;
pub mod journal;
pub mod log;
pub mod measure;
pub mod model;
pub mod receipt;
pub mod registry;
pub mod seek;
pub mod server;
pub mod store;
