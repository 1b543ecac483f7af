//! Canonical bytes, hashes, trees and chains: format v1.
//!
//! What is hashed is RFC 8785 JSON of a *form*, a private struct whose names
//! are frozen with the format; `docs/format.md` has it to the byte. Reading is
//! strict: parse, build, write again, compare. [`Chains`] can only be grown
//! rightly, and one that exists is verified.

mod bytes;
mod chains;
mod change;
mod exam;
mod form;
mod ledger;
mod pem;
mod read_ahead;
mod record;
mod release;
mod signature;
mod tree;
mod wire;

pub use bytes::{NotCanonical, canonical};
pub use chains::{BrokenChain, Chains, Unentitled};
pub use exam::{ExamQuestion, Expectation, exam_from_json};
pub use form::{EntryForm, HeaderForm, entry_from, entry_hash};
pub use pem::{InvalidKey, key_from_pem, key_to_pem};
pub use read_ahead::ReadAhead;
pub use record::{InvalidRecord, Origin, Publication, Record, RecordKind};
pub use release::{CategoriesForm, PlacesForm, VocabularyForm};
pub use signature::{SecretKey, Signature, Statement};
pub use tree::{entries_root, lists_root};
pub use wire::{
    MalformedQuestion, answer_json, end_json, flow_from_json, flow_json, head_json, open_text, question_from_json,
    question_json, requires_json, write_answer, write_brief,
};
