//! Keys as text: those of logs and witnesses, of authorities, and private ones
//! in PEM.

use neglist::canon::{SecretKey, key_from_pem, key_to_pem};
use neglist::log::{LogKey, is_log_name};
use neglist::model::PublicKey;

use super::{file, is_said, key, log_key};

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match text.parse::<LogKey>() {
        Err(error) => is_said(&error),
        // One key, one spelling.
        Ok(key) => assert!(key.to_string() == text && is_log_name(key.name())),
    }
    match text.parse::<PublicKey>() {
        Err(error) => is_said(&error),
        Ok(key) => assert_eq!(key.to_string(), text),
    }
    for passphrase in [None, Some("correct horse")] {
        match key_from_pem(text, passphrase) {
            Err(error) => is_said(&error),
            Ok(key) => {
                let again = key_from_pem(&key_to_pem(&key, None).unwrap(), None).unwrap();
                assert_eq!(again.public(), key.public());
            }
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let witness = LogKey::of_witness("witness.example/w1", &SecretKey::from_seed(&[2; 32]));
    vec![
        key_to_pem(&key(), None).unwrap().into_bytes(),
        // As OpenSSL writes it under a passphrase: PBKDF2 with few rounds.
        ENCRYPTED.as_bytes().to_vec(),
        log_key().to_string().into_bytes(),
        witness.to_string().into_bytes(),
        key().public().to_string().into_bytes(),
        file("snapshots/bundled.vkey").trim_ascii().to_vec(),
        file("tests/compat/v1/log.vkey").trim_ascii().to_vec(),
    ]
}

/// A key under `correct horse`.
pub const ENCRYPTED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAiLZ3iaS0aE5QIBCjAM\n\
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ4mFtcsvCWpnS8qEyRb00fwRAuUMJ\n\
DrE/LsusFUhp36r0DKsjTysnGcLk+/TPwYYBrGyjeo3bhGpl/apH4s9Omj+vCfdE\n\
cvXk0Df9/vGkjo5RXA==\n\
-----END ENCRYPTED PRIVATE KEY-----\n\
";
