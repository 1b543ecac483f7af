//! A hash in a form: 64 digits where it is hashed and stored, 44 characters of
//! base64 where receipts show it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::Hash;

/// A hash in a form, or that none is said: what follows from the rest need not
/// be said in a receipt, and views commit to nothing.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct HashForm(Option<Hash>);

impl HashForm {
    /// Returns the hash, if one is said.
    pub(crate) fn said(self) -> Option<Hash> {
        self.0
    }

    /// Returns the hash in base64.
    pub(crate) fn base64(hash: &Hash) -> String {
        STANDARD.encode(hash.0)
    }

    /// Reads a hash from its one spelling in base64.
    pub(crate) fn of_base64(text: &str) -> Option<Hash> {
        Some(Hash(STANDARD.decode(text).ok()?.try_into().ok()?))
    }
}

impl From<Hash> for HashForm {
    fn from(hash: Hash) -> HashForm {
        HashForm(Some(hash))
    }
}

impl Serialize for HashForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(hash) => serializer.serialize_str(&blake3::Hash::from(hash.0).to_hex()),
            None => serializer.serialize_str(""),
        }
    }
}

/// Takes either spelling, and what is no hash as none: whoever reads a form
/// writes it again, in the spelling that belongs there, and compares.
impl<'de> Deserialize<'de> for HashForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HashForm, D::Error> {
        deserializer.deserialize_str(HashVisitor)
    }
}

struct HashVisitor;

impl de::Visitor<'_> for HashVisitor {
    type Value = HashForm;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a hash")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<HashForm, E> {
        Ok(HashForm(text.parse().ok().or_else(|| HashForm::of_base64(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_no_hash() {
        let error = serde_json::from_str::<HashForm>("5").unwrap_err().to_string();
        assert!(error.contains("integer `5`, expected a hash"), "{error}");
    }

    #[test]
    fn a_hash_has_one_spelling_in_base64() {
        let hash = Hash([7; 32]);
        let text = HashForm::base64(&hash);
        assert_eq!((text.len(), HashForm::of_base64(&text)), (44, Some(hash)));
        // Bits that say nothing, no padding, other letters.
        let loose = text.replace("c=", "d=");
        for bad in [loose.as_str(), text.trim_end_matches('='), &format!("{text}="), &text.replacen('B', "-", 1), ""] {
            assert_eq!(HashForm::of_base64(bad), None, "{bad}");
        }
    }
}
