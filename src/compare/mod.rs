//! Comparing revisions of a list: entry by entry, and answer by answer.
//!
//! [`entries()`] says what changed in the text. [`verdicts()`] says which
//! questions get another answer, exactly: it cuts the question space into the
//! finite cells in which both revisions say the same throughout, and compares
//! them there whatever mechanisms are in place and exemptions claimed.
//! [`impact()`] says what becomes of a company's own flows: it puts together
//! those that no revision in question tells apart, and asks about each kind
//! once.

mod alone;
mod atlas;
mod axes;
mod bits;
mod cells;
mod class;
mod comparison;
mod entries;
mod excerpt;
mod fields;
mod gates;
mod geography;
mod groups;
mod impact;
mod lens;
mod problem;
pub mod release;
mod rule;
mod scene;
mod settle;
mod side;
mod sight;
mod tree;
mod verdicts;
mod witness;

pub use alone::{Alone, Spoken, alone, pinned};
pub use cells::Shift;
pub use class::Class;
pub use entries::{ChangedEntry, EntryDiff, Happening, What, entries, history};
pub use fields::{Change, Difference};
pub use impact::{FlowChange, FlowFate, Impact, Reason, Stage, Treatment, impact, impact_between, impact_of_states};
pub use verdicts::{Ground, Region, Restriction, Values, Verdicts, verdicts};
pub use witness::Witness;
