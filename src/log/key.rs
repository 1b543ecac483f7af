//! The public keys of logs and witnesses, as C2SP signed-note writes them.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::canon::SecretKey;
use crate::model::PublicKey;

/// What a key signs with, and so what its signatures are over.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Scheme {
    /// Ed25519 over the note: a log.
    Note = 1,
    /// Ed25519 over the time and the note (C2SP tlog-cosignature): a witness.
    Cosignature = 4,
}

/// The public key of a log or of a witness, with its name:
/// `NAME+HASH+BASE64`, as C2SP signed-note has it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LogKey {
    pub(crate) name: String,
    pub(crate) scheme: Scheme,
    pub(crate) key: PublicKey,
}

/// A text that is not the public key of a log.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not the key of a log: expected `NAME+HASH+BASE64`, such as `neglist log key` prints")]
pub struct InvalidLogKey(String);

impl LogKey {
    /// Returns the public half of the key with which a log signs.
    pub fn of_log(name: &str, key: &SecretKey) -> LogKey {
        LogKey { name: name.to_owned(), scheme: Scheme::Note, key: key.public() }
    }

    /// Returns the public half of the key with which a witness signs.
    pub fn of_witness(name: &str, key: &SecretKey) -> LogKey {
        LogKey { name: name.to_owned(), scheme: Scheme::Cosignature, key: key.public() }
    }

    /// Returns whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the four bytes that stand before its signatures.
    pub(crate) fn id(&self) -> u32 {
        signed_note::key_id(&self.name, &self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        [&[self.scheme as u8], self.key.0.as_slice()].concat()
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(self.bytes()))
    }
}

impl FromStr for LogKey {
    type Err = InvalidLogKey;

    fn from_str(text: &str) -> Result<LogKey, InvalidLogKey> {
        read(text).ok_or_else(|| InvalidLogKey(text.to_owned()))
    }
}

/// Returns whether a text may be the name of a log or of a witness: no spaces,
/// and no `+` (C2SP signed-note).
pub fn is_log_name(text: &str) -> bool {
    signed_note::is_key_name_valid(text)
}

fn read(text: &str) -> Option<LogKey> {
    let (name, rest) = text.split_once('+')?;
    let (_, key) = rest.split_once('+')?;
    let bytes = STANDARD.decode(key).ok()?;
    let (scheme, key) = bytes.split_first()?;
    let scheme = match scheme {
        1 => Scheme::Note,
        4 => Scheme::Cosignature,
        _ => return None,
    };
    let key = LogKey { name: name.to_owned(), scheme, key: PublicKey(key.try_into().ok()?) };
    // One key, one spelling; this compares the hash too.
    (is_log_name(name) && key.to_string() == text).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        // The example of the signed-note specification.
        let text = "example.com/foo+530bc52c+AeSjXzYqWWe9KHBf0HXkOkDFEfjY8DqJxq0WKeL6vmDq";
        let made = LogKey::of_log("example.com/foo", &SecretKey::from_seed(&[3; 32]));
        assert_eq!(made.to_string().parse(), Ok(made.clone()));
        for bad in ["", "a+b", "a b+00000000+AQ==", text, &made.to_string().replacen('+', "+0", 1)] {
            assert!(bad.parse::<LogKey>().is_err(), "{bad}");
        }
        // A name that signed notes cannot have, with the hash that it would have.
        for name in ["a b", "", "a\u{2003}b"] {
            let bad = LogKey::of_log(name, &SecretKey::from_seed(&[3; 32])).to_string();
            assert!(bad.parse::<LogKey>().is_err(), "{bad}");
        }
    }
}
