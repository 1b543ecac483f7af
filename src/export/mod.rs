//! The registry in the formats that others read, each a pure function of its
//! state: bytes out, and no files.
//!
//! - [`linked`]: SKOS, DCAT, ODRL and their vocabulary, as Turtle or JSON-LD
//! - [`schemas`]: JSON Schemas of what is read and written

pub(crate) mod linked;
pub(crate) mod schemas;
