//! Notes for people: blocks of words, said once for terminals, Markdown and
//! pages.

mod block;
mod regions;
mod revision;
mod revisions;
mod speaker;

pub(crate) use block::{Block, Line, Span, html, html_part, markdown, plain, words};
pub(crate) use revision::{checked, entry_title, of_entry, of_revision};
pub(crate) use revisions::{change_text, note};
pub(crate) use speaker::{Speaker, stated};
