//! What the Global Cross-border Data Flow Cooperation Initiative of 2024-11-20
//! asks of a restriction, as measures: of a text, an entry, a revision, a list,
//! a jurisdiction. And what a registry holds at all.
//!
//! Pure, and no judgement: there is no grade over them, and which value is too
//! low the lint rules say, which build on the same notions. `docs/scorecard.md`
//! defines each.

mod citation;
mod coverage;
mod notions;
mod scorecard;
mod share;
mod summary;

pub use citation::names_a_part;
pub use coverage::{Coverage, Held, Total, coverage, without_a_list};
pub use notions::{is_bare, is_copied, is_gate, is_grounded, is_personal, is_translated, notice};
pub use scorecard::{Breadth, Destinations, Measures, Notices, Scorecard, Texts};
pub use share::Share;
pub use summary::Summary;
