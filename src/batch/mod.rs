//! Questions by the million, a chunk of whole records at a time.
//!
//! While a chunk is answered on all cores, piece by piece, the one before is
//! written and the next is read; so what is held does not grow with the file,
//! and answers come in the order of the questions. The command line and the
//! server answer with it.

mod answering;
mod chunks;
mod lines;
mod pipeline;
mod records;

pub(crate) use answering::Answering;
pub(crate) use chunks::Chunks;
pub(crate) use lines::Lines;
pub(crate) use pipeline::{Answered, BatchError, Crew, Piece, Work, answer_all};
pub(crate) use records::{Kind, Record};

/// A line or row that is longer is refused before it is read whole.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// How much is said of each answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Detail {
    /// All of it.
    Full,
    /// The outcome alone.
    Brief,
}
