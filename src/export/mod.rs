//! The registry in the formats of other programs. Pure: a state in, files out.

mod cedar;
mod opa;

pub use cedar::cedar_policies;
pub use opa::opa_bundle;
