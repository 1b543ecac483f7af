//! Serving over HTTP: sockets and requests. What is answered is decided
//! elsewhere.

mod listen;
mod witness;

pub use listen::{Listener, serve};
pub use witness::{Clock, witness};
