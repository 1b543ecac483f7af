//! The registry in the formats of other programs. Pure: a state in, files out.

mod opa;

pub use opa::opa_bundle;
