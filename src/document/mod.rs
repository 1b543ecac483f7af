//! What the registry says, as JSON documents and in words: the same for whoever
//! asks on the command line and whoever asks a server.

mod command_line;
mod comparison;
mod coverage;
mod doubts;
mod journey;
mod lists;
pub(crate) mod note;
pub(crate) mod phrase;
mod places;
mod routes;
mod segments;
pub(crate) mod term;
pub(crate) mod wording;
mod words;

pub(crate) use command_line::command;
pub(crate) use comparison::{change_json, comparison_json};
pub(crate) use coverage::coverage_json;
pub(crate) use doubts::doubts;
pub(crate) use journey::journey_json;
pub(crate) use lists::{history_json, lists_json, revision_json};
pub(crate) use places::{in_short, places_json};
pub(crate) use routes::{burden, provisos, routes_json};
pub(crate) use segments::{deciding, gets, growth, headroom_json, people, range, segments_json};
pub(crate) use words::{Found, broader, categories_json, everything, fact_kind, fact_values, mentioned};
