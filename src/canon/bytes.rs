//! Canonical bytes and the hashes over them.

use serde::Serialize;

use crate::model::Hash;

/// The contexts of BLAKE3's key derivation keep hashes of different things
/// apart.
pub(crate) const REVISION: &str = "neglist v1 revision";
pub(crate) const TERMS: &str = "neglist v1 terms";
pub(crate) const WORDS: &str = "neglist v1 words";
pub(crate) const RECEIPT: &str = "neglist v1 receipt";
pub(crate) const DETAILS: &str = "neglist v1 details";
pub(crate) const RELEASE: &str = "neglist v1 release";
pub(crate) const RECORD: &str = "neglist v1 record";
pub(crate) const ORIGIN: &str = "neglist v1 origin";
pub(crate) const AUTHORITY: &str = "neglist v1 authority";
pub(crate) const ENTRY: &str = "neglist v1 entry";

/// Bytes that are not the one spelling of what they say.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// It is no JSON of the expected form.
    #[error("{0}")]
    Json(String),
    /// A value in it is not well formed.
    #[error("{0}")]
    Value(String),
    /// It reads well, and the canonical spelling is another.
    #[error("the bytes are not the canonical spelling of what they say")]
    Spelling,
}

impl NotCanonical {
    pub(crate) fn value(error: impl std::fmt::Display) -> NotCanonical {
        NotCanonical::Value(error.to_string())
    }
}

/// Returns the RFC 8785 bytes of any value.
pub fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("because it has text keys and no number above 2^53")
}

/// Returns the RFC 8785 bytes of a form of ours. Forms declare their fields in
/// the order of their names, and so they are canonical as they are written: to
/// sort them anew costs ten times as much.
pub(crate) fn canonical_form(form: &impl Serialize) -> Vec<u8> {
    let bytes = serde_json::to_vec(form).expect("because forms have text keys");
    debug_assert!(canonical(form) == bytes, "because fields are declared in their order");
    bytes
}

/// Hashes canonical bytes in a context.
pub(crate) fn hash_in(context: &str, bytes: &[u8]) -> Hash {
    Hash(blake3::derive_key(context, bytes))
}

/// Hashes canonical bytes, given in parts, in a context.
pub(crate) fn hash_in_parts(context: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}
