//! The registry as linked data.
//!
//! The catalog is SKOS, the lists are DCAT, what is in force is ODRL. Every
//! node has a name, so that two exports can be compared line by line, and
//! every order is that of the registry.

mod dcat;
mod eli;
mod graph;
mod mapping;
mod name;
mod namespace;
mod odrl;
mod skos;
mod term;
mod vocabulary;

pub(crate) use dcat::dcat;
pub(crate) use graph::{Graph, Syntax};
pub(crate) use name::Names;
pub(crate) use odrl::odrl;
pub(crate) use skos::skos;
pub(crate) use vocabulary::vocabulary;
