//! Private keys as text: PKCS #8 in PEM, as `openssl` reads and writes it,
//! encrypted under a passphrase where the owner wants that.

use ed25519_dalek::SigningKey;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};

use crate::canon::signature::SecretKey;

/// Why a text is not a private key that can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidKey {
    /// It is encrypted, and no passphrase was given.
    #[error("the key is protected by a passphrase")]
    Encrypted,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// It is no Ed25519 key in PKCS #8 PEM.
    #[error("it is not an Ed25519 private key in PKCS #8 PEM")]
    Malformed,
}

/// Writes a key, under a passphrase if there is one.
pub fn key_to_pem(key: &SecretKey, passphrase: Option<&str>) -> Result<String, InvalidKey> {
    let key = SigningKey::from_bytes(&key.seed());
    let pem = match passphrase {
        None => key.to_pkcs8_pem(LineEnding::LF),
        Some(passphrase) => key.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF),
    };
    pem.map(|it| it.as_str().to_owned()).map_err(|_| InvalidKey::Malformed)
}

/// Reads a key, with the passphrase that opens it if there is one.
pub fn key_from_pem(text: &str, passphrase: Option<&str>) -> Result<SecretKey, InvalidKey> {
    let is_encrypted = text.contains("ENCRYPTED PRIVATE KEY");
    let key = match (is_encrypted, passphrase) {
        (true, None) => return Err(InvalidKey::Encrypted),
        (true, Some(passphrase)) => {
            SigningKey::from_pkcs8_encrypted_pem(text, passphrase).map_err(|_| InvalidKey::Passphrase)?
        }
        (false, _) => SigningKey::from_pkcs8_pem(text).map_err(|_| InvalidKey::Malformed)?,
    };
    Ok(SecretKey::from_seed(&key.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = SecretKey::from_seed(&[7; 32]);
        let pem = key_to_pem(&key, None).unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(key_from_pem(&pem, None).unwrap().public(), key.public());
        assert_eq!(key_from_pem("nonsense", None).unwrap_err(), InvalidKey::Malformed);
    }

    #[test]
    fn a_passphrase_protects_a_key() {
        let key = SecretKey::from_seed(&[7; 32]);
        let pem = key_to_pem(&key, Some("correct horse")).unwrap();
        assert!(!pem.contains("BEGIN PRIVATE KEY"));
        assert_eq!(key_from_pem(&pem, Some("correct horse")).unwrap().public(), key.public());
        assert_eq!(key_from_pem(&pem, Some("wrong horse")).unwrap_err(), InvalidKey::Passphrase);
        assert_eq!(key_from_pem(&pem, None).unwrap_err(), InvalidKey::Encrypted);
    }
}
