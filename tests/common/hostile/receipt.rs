//! Receipts, which strangers hand over as proof. Whatever is changed in one,
//! also by somebody who knows how to write its digest anew, it proves what the
//! registry answers or nothing.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use neglist::canon::{canonical, question_from_json};
use neglist::receipt::{Bounds, Policy, Prover, answer_to, read_unverified, verify};

use super::{QUESTIONS, chains, file, is_said, kind, log_key, note_at, of_kind, state};

pub fn check(bytes: &[u8]) {
    let (kind, bytes) = kind(bytes, 2);
    let receipt = if kind == 0 { bytes.to_vec() } else { with_digest(bytes) };
    let read = read_unverified(&receipt);
    if let Err(error) = &read {
        is_said(error);
    }
    match verify(&receipt, policy()) {
        Err(error) => is_said(&error),
        Ok(verified) => {
            assert!(read.is_ok());
            let answer = answer_to(state(), &verified.question).unwrap();
            assert!(canonical(&verified.answer) == canonical(&answer), "{}", verified.question.from);
            // Nothing is in it that need not be, and nothing else is said.
            let proven = prover().prove(&verified.question).unwrap();
            assert!(proven == receipt, "{}", String::from_utf8_lossy(&receipt));
        }
    }
}

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy { log: log_key(), witnesses: Vec::new(), threshold: 0, bounds: Bounds::default() })
}

fn prover() -> &'static Prover {
    static PROVER: OnceLock<Prover> = OnceLock::new();
    PROVER.get_or_init(|| Prover::new(chains(), &note_at(chains().size())).unwrap())
}

/// Writes the digest anew, as `docs/receipt.md` says how: over the rest.
pub fn with_digest(receipt: &[u8]) -> Vec<u8> {
    const MEMBER: &[u8] = b",\"digest\":\"";
    let text = receipt.strip_suffix(b"\n").unwrap_or(receipt);
    let Some(start) = text.windows(MEMBER.len()).rposition(|it| it == MEMBER) else { return receipt.to_vec() };
    let (before, rest) = text.split_at(start);
    let Some(end) = rest.iter().skip(MEMBER.len()).position(|it| *it == b'"') else { return receipt.to_vec() };
    let behind = &rest[MEMBER.len() + end + 1..];
    let mut hasher = blake3::Hasher::new_derive_key("neglist v1 receipt");
    hasher.update(before).update(behind);
    let digest = STANDARD.encode(hasher.finalize().as_bytes());
    [before, MEMBER, digest.as_bytes(), b"\"", behind, b"\n"].concat()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for question in QUESTIONS {
        let question = question_from_json(question).unwrap();
        if state().mistakes(&question).is_empty() {
            let receipt = prover().prove(&question).unwrap();
            assert!(with_digest(&receipt) == receipt, "because nothing was changed");
            seeds.extend([of_kind(0, &receipt), of_kind(1, &receipt)]);
        }
    }
    assert!(seeds.len() > 8);
    seeds.push(of_kind(0, &file("tests/compat/v1/receipt.json")));
    seeds
}
