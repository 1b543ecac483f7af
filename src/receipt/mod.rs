//! Receipts: an answer with the proofs that anyone can check offline.
//!
//! What an answer rests on is gathered by one walk (`ground`), which looks up
//! leaves of trees: of the state, of the releases, of the dates and the entries
//! of each list asked. Who makes a receipt walks over whole trees and shows
//! what was looked up; who verifies one walks over what is shown, and finds
//! every look-up answered or refuses. Then the reference evaluator answers from
//! what was gathered, on both sides.
//!
//! Nothing here reads files, sockets or a clock.

mod form;
mod given;
mod ground;
mod leaf;
mod prove;
mod replay;
mod shown;
mod tree;
mod verify;
mod words;

pub use form::{answer_to, read_unverified};
pub use ground::Unchanged;
pub use prove::{ProveError, Prover};
pub use replay::{By, Fate, Stored, replay};
pub use verify::{Bounds, Policy, Unproven, Verified, verify};

/// Why a receipt proves nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidReceipt {
    /// It cannot be read.
    #[error("it is not a receipt: {0}")]
    Malformed(String),
    /// It reads well, and is spelled in another way than receipts are.
    #[error("its bytes are not those of what it says")]
    Spelling,
    /// Something in it was changed.
    #[error("its digest is not that of the rest")]
    Digest,
    /// A value in it is not well formed.
    #[error("{0}")]
    Value(String),
    /// Leaves are out of order.
    #[error("leaves of a tree are out of order")]
    Unsorted,
    /// Something is hidden that the answer may rest on.
    #[error("something is hidden that the answer may rest on")]
    Hidden,
    /// Something that the answer rests on is left out.
    #[error("{0} is left out, and the answer rests on it")]
    Missing(String),
    /// Something is not what was committed to.
    #[error("{0} is not what the registry committed to")]
    Altered(String),
    /// Something is there that the answer does not rest on.
    #[error("{0} is there, and the answer does not rest on it")]
    Needless(String),
    /// The question is not understood.
    #[error("the question is not understood: {0}")]
    Question(String),
    /// What is proven leads to another answer.
    #[error("what is proven leads to another answer")]
    Answer,
}

impl InvalidReceipt {
    fn value(error: impl std::fmt::Display) -> InvalidReceipt {
        InvalidReceipt::Value(error.to_string())
    }
}
