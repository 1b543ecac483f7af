//! The service: ask, publish, compare, prove, audit. It speaks the verbs of
//! the field, takes model values and returns them; it neither parses nor
//! prints.

mod audit;
mod build;
mod export;
mod open;
mod publish;

pub use audit::{Audit, audit};
pub use build::{BuildError, records_of};
pub use export::{ExportError, export};
pub use open::{Freshness, OpenError, Registry};
pub use publish::{Acknowledged, PublishError, Publisher};
