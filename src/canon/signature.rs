//! Signatures of publications: Ed25519 over canonical bytes.
//!
//! What is signed names the registry, the record before, and the digest of
//! what is published, so that a signature is good for one place in one
//! registry and cannot be replayed.

use std::fmt;

use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::canon::bytes::{NotCanonical, canonical_form};
use crate::canon::form::parse;
use crate::canon::record::RecordKind;
use crate::model::{Hash, PublicKey};

/// What is signed.
#[derive(Serialize)]
pub(crate) struct StatementForm<'a> {
    pub(crate) context: &'static str,
    pub(crate) digest: String,
    pub(crate) kind: RecordKind,
    pub(crate) origin: &'a str,
    pub(crate) previous: Option<String>,
}

/// The bytes that signatures of one publication are over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement(Vec<u8>);

impl Statement {
    pub(crate) fn new(digest: Hash, kind: RecordKind, origin: &str, previous: Option<Hash>) -> Statement {
        let (digest, previous) = (digest.to_string(), previous.map(|it| it.to_string()));
        Statement(canonical_form(&StatementForm { context: "neglist v1 statement", digest, kind, origin, previous }))
    }

    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A signature, with the key that it is by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Signature {
    /// Whose.
    pub key: PublicKey,
    signature: [u8; 64],
}

impl Signature {
    /// Returns whether the signature is over this statement. Strict: of one
    /// statement and key, no second signature passes.
    pub fn verifies(&self, statement: &Statement) -> bool {
        is_signed(&self.key, statement.bytes(), &self.signature)
    }
}

/// A private key. It is never shown, and forgotten when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes a key from its 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(seed))
    }

    /// Returns the 32 bytes that the key is made from.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Returns the public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes that say themselves what they are.
    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }

    /// Signs a statement.
    pub fn sign(&self, statement: &Statement) -> Signature {
        Signature { key: self.public(), signature: self.0.sign(statement.bytes()).to_bytes() }
    }
}

/// Returns whether a signature is over these bytes. Strict, as for statements.
pub(crate) fn is_signed(key: &PublicKey, bytes: &[u8], signature: &[u8; 64]) -> bool {
    let key = VerifyingKey::from_bytes(&key.0);
    key.is_ok_and(|it| it.verify_strict(bytes, &Ed25519::from_bytes(signature)).is_ok())
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

/// A signature in a record.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureForm {
    key: String,
    signature: String,
}

impl From<&Signature> for SignatureForm {
    fn from(signature: &Signature) -> SignatureForm {
        let (first, second) = signature.signature.split_at(32);
        let hex = |half: &[u8]| Hash(half.try_into().expect("because 64 bytes were halved")).to_string();
        SignatureForm { key: signature.key.to_string(), signature: hex(first) + &hex(second) }
    }
}

impl SignatureForm {
    pub(crate) fn read(self) -> Result<Signature, NotCanonical> {
        let malformed = || NotCanonical::Value("a signature is 128 hexadecimal digits".to_owned());
        let (first, second) = self.signature.split_at_checked(64).ok_or_else(malformed)?;
        let (first, second): (Hash, Hash) = (parse(first)?, parse(second)?);
        let mut signature = [0; 64];
        signature.iter_mut().zip(first.0.into_iter().chain(second.0)).for_each(|(to, from)| *to = from);
        Ok(Signature { key: parse(&self.key)?, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_one_place() {
        let key = SecretKey::from_seed(&[7; 32]);
        let statement =
            |digest, origin, previous| Statement::new(Hash([digest; 32]), RecordKind::Revision, origin, previous);
        let signed = statement(1, "neglist/test", Some(Hash([2; 32])));
        let signature = key.sign(&signed);
        assert!(signature.verifies(&signed));
        assert!(!signature.verifies(&statement(9, "neglist/test", Some(Hash([2; 32])))));
        assert!(!signature.verifies(&statement(1, "neglist/other", Some(Hash([2; 32])))));
        assert!(!signature.verifies(&statement(1, "neglist/test", Some(Hash([3; 32])))));
        assert!(!signature.verifies(&statement(1, "neglist/test", None)));
        let by_other = Signature { key: SecretKey::from_seed(&[8; 32]).public(), ..signature };
        assert!(!by_other.verifies(&signed));
    }

    #[test]
    fn a_secret_key_is_shown_by_its_public_half() {
        let key = SecretKey::from_seed(&[7; 32]);
        assert_eq!(format!("{key:?}"), format!("SecretKey(of {})", key.public()));
        assert_eq!(format!("{:?}", key.public()), key.public().to_string());
    }
}
