//! Judging what people write: rules over a draft, one file a rule.
//!
//! Reading says what a file cannot mean; these rules say what it hardly means,
//! what it leaves out, and what the Initiative of 2024-11-20 asks of a
//! restriction. Pure: the caller reads the files and says which day it is. The
//! table of all rules is [`RULES`], and each has a page in `docs/lint/`.

mod bands;
mod draft;
mod history;
mod logic;
mod remark;
mod rule;
mod rules;
mod witness;
mod written;

pub use draft::{Place, Setting, lint};
pub use history::History;
pub use remark::Remark;
pub use rule::{Rule, Severity};
pub use rules::{RULES, find};
