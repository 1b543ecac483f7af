//! Answering a question: a pure function of the registry's state and the
//! question.
//!
//! `reference` reads like the law and is right; `region` decides conditions
//! exactly, with what a question leaves open; `applies` says which lists and
//! entries apply; `validity` and `dependence` ask again, on other days and
//! with other facts, to say how long an answer holds and what it hangs on.
//! `compiled` is the index that answers: it looks at what matters only, and
//! must come to the same. What both read is a `source`.

mod applies;
mod compiled;
mod dependence;
mod reference;
mod region;
mod source;
mod towards;
mod validity;

pub use compiled::{Asked, Cells, Current, FactColumn, Index, IndexSize, plain_count};
pub use reference::answer;

pub(crate) use dependence::{conditions, facts_that_may_decide, may_concern, thresholds};
pub(crate) use reference::{Findings, answer_on_its_day, findings, severity};
pub(crate) use towards::{named, towards};
pub(crate) use validity::{changes, decisive, memberships};
