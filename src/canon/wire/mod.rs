//! Questions and answers as JSON: the same on the command line, in batches,
//! over HTTP and in receipts. The keys are those of `docs/format.md`.
//!
//! A batch reads and writes millions of them. So a question borrows from its
//! line until it is understood, and an answer is written straight to bytes;
//! whoever wants a tree gets one that is read from these bytes.

mod answer;
mod json;
mod question;
mod value;

pub use answer::{
    answer_json, dependence_json, end_json, flow_json, head_document, head_from_document, head_json, match_json,
    open_text, question_json, requires_json, write_answer, write_brief,
};
pub use question::{MalformedQuestion, flow_from_json, question_from_json};
