//! A BLAKE3 hash as a value. What is hashed, and how, is `canon`'s.

use std::fmt;
use std::str::FromStr;

/// 32 bytes of BLAKE3, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash(pub [u8; 32]);

/// A text that is not a hash.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a hash: expected 64 lower-case hexadecimal digits")]
pub struct MalformedHash(pub String);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = MalformedHash;

    fn from_str(text: &str) -> Result<Hash, MalformedHash> {
        let malformed = || MalformedHash(text.to_owned());
        let hash = blake3::Hash::from_hex(text).map_err(|_| malformed())?;
        // One hash, one spelling: upper-case digits are refused.
        if hash.to_hex().as_str() == text { Ok(Hash(hash.into())) } else { Err(malformed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let text = "00ff".repeat(16);
        let hash: Hash = text.parse().unwrap();
        assert_eq!((hash.to_string(), format!("{hash:?}")), (text.clone(), text.clone()));
        assert!(text.to_uppercase().parse::<Hash>().is_err());
        assert!("00ff".parse::<Hash>().is_err());
        assert!("é".repeat(32).parse::<Hash>().is_err());
    }
}
