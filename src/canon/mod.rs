//! Canonical bytes, hashes, trees and chains: format v1.
//!
//! What is hashed is RFC 8785 JSON of a *form*, a private struct whose names
//! are frozen with the format; `docs/format.md` has it to the byte. Reading is
//! strict: parse, build, write again, compare. [`Chains`] can only be grown
//! rightly, and one that exists is verified.

mod bytes;
mod chains;
mod change;
mod digest;
mod exam;
mod form;
mod growth;
mod header;
mod ledger;
mod pem;
mod read_ahead;
mod record;
mod release;
mod signature;
mod sparse;
mod timeline;
mod tree;
mod wire;

pub use bytes::{NotCanonical, canonical};
pub(crate) use bytes::{RECEIPT, canonical_form, hash_in, hash_in_parts};
pub use chains::{BrokenChain, Chains, LogLeaf, Unentitled};
pub(crate) use digest::HashForm;
pub use exam::{ExamQuestion, Expectation, exam_from_json};
pub(crate) use form::{AlternativeForm, BindingForm, ConditionForm, NoteForm, TextForm, ToForm, WordsForm};
pub use form::{EntryForm, entry_from, entry_hash};
pub use header::{DetailsForm, HeaderForm, IssuedForm, TermsForm};
pub use pem::{InvalidKey, key_from_pem, key_to_pem};
pub use read_ahead::ReadAhead;
pub use record::{InvalidRecord, Origin, Publication, Record, RecordHead, RecordKind};
pub use release::{CategoriesForm, PlacesForm, VocabularyForm};
pub(crate) use release::{CategoryForm, CategoryItem, FactItem, PlaceItem, ReleaseForm};
pub(crate) use signature::is_signed;
pub use signature::{SecretKey, Signature, Statement};
pub(crate) use sparse::{Sparse, sparse, write_json, write_member};
pub(crate) use timeline::{Moment, MomentForm, before as moments_before};
pub(crate) use tree::{EntryLeafForm, StateLeafForm, empty_root, leaf_hash, node};
pub use tree::{Root, entries_root};
pub use wire::{
    MalformedQuestion, answer_json, dependence_json, end_json, flow_from_json, flow_json, head_document,
    head_from_document, head_json, match_json, open_text, question_from_json, question_json, requires_json,
    write_answer, write_brief,
};
