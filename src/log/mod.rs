//! The transparency log: C2SP tlog-tiles, tlog-checkpoint and tlog-proof over
//! the records of a journal, unchanged, so that witnesses and verifiers that
//! others wrote work on it.
//!
//! The log is a function of the journal: an entry for each record. What it
//! adds is the signed checkpoint.

mod checkpoint;
mod key;
mod proof;
mod tree;

pub use checkpoint::{Checkpoint, Cosigned, InvalidCheckpoint};
pub use key::{InvalidLogKey, LogKey};
pub use proof::{InclusionProof, InvalidProof};
pub use tree::{Consistency, LogTree, TILE_WIDTH, Tile};
