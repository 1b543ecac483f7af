//! The transparency log: C2SP tlog-tiles, tlog-checkpoint and tlog-proof over
//! the records of a journal, unchanged, so that witnesses and verifiers that
//! others wrote work on it.
//!
//! The log is a function of the journal: an entry for each record. What it
//! adds is the signed checkpoint. Others look at it: a witness cosigns heads
//! that continue each other, and whoever watches keeps the evidence of a fork.

mod checkpoint;
mod fork;
mod key;
mod proof;
mod served;
mod tree;
mod watch;
mod witness;

pub use checkpoint::{Checkpoint, Cosigned, InvalidCheckpoint};
pub use fork::{Fork, InvalidFork};
pub use key::{InvalidLogKey, LogKey, is_log_name};
pub use proof::{InclusionProof, InvalidProof};
pub use served::{CHECKPOINT_PATH, ServedError, ServedLog};
pub use tree::{Consistency, LogTree, TILE_WIDTH, Tile};
pub use watch::{Sight, Visit, WatchError, visit};
pub use witness::{Refusal, Submission};
