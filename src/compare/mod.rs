//! Comparing revisions of a list: entry by entry, and answer by answer.
//!
//! [`entries()`] says what changed in the text. [`verdicts()`] says which
//! questions get another answer, exactly: it cuts the question space into the
//! finite cells in which both revisions say the same throughout, and compares
//! them there whatever mechanisms are in place and exemptions claimed.

mod alone;
mod axes;
mod bits;
mod cells;
mod class;
mod comparison;
mod entries;
mod fields;
mod geography;
mod problem;
pub mod release;
mod rule;
mod settle;
mod side;
mod tree;
mod verdicts;
mod witness;

pub use alone::{Alone, Spoken, alone};
pub use cells::Shift;
pub use class::Class;
pub use entries::{ChangedEntry, EntryDiff, Happening, What, entries, history};
pub use fields::{Change, Difference};
pub use verdicts::{Ground, Region, Restriction, Values, Verdicts, verdicts};
pub use witness::Witness;
