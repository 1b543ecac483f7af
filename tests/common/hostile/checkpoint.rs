//! Signed heads, and what is made of them: submissions to witnesses, proofs,
//! evidence of forks. Only what was signed is believed.

use neglist::canon::SecretKey;
use neglist::log::{Checkpoint, Consistency, Fork, InclusionProof, LogKey, LogTree, Submission};

use super::{chains, file, is_said, log_key, note_at};

pub fn check(bytes: &[u8]) {
    let (log, witness) = (log_key(), witness());
    if let Ok(submission) = Submission::read(bytes) {
        assert!(submission.write().as_bytes() == bytes, "one submission has one spelling");
        for last in [None, Some(head(3)), Some(head(chains().size()))] {
            match submission.judge(std::slice::from_ref(&log), last.as_ref()) {
                Err(refusal) => is_said(&refusal),
                Ok(judged) => {
                    assert!(is_ours(&judged), "what the log did not sign would be cosigned");
                    assert!(last.as_ref().is_none_or(|it| it.size <= judged.size), "a witness went back");
                }
            }
        }
    }
    match Fork::verify(bytes, &log) {
        Err(error) => is_said(&error),
        Ok(_) => panic!("an honest log is accused"),
    }
    Fork::is_named_by(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = InclusionProof::read(text) {
        assert_eq!(proof.write(), text);
        let (entries, size) = (chains().log().len() as u64, proof.index);
        proof.holds(b"{}", &Checkpoint { size: size.min(1 << 61) + 1, ..head(entries) });
        assert!(!proof.holds(b"{}", &head(entries)), "what is not in the log was proven");
    }
    match Checkpoint::read_unverified(text) {
        Err(error) => is_said(&error),
        Ok(checkpoint) => {
            assert!(text.starts_with(&checkpoint.text()));
            Checkpoint::without(text, &witness);
            // Beside a signature in the name of the witness that is none, its own is
            // not believed either.
            let is_new = !text.contains(witness.name());
            let line = Checkpoint::cosignature(text, witness.name(), &SecretKey::from_seed(&[2; 32]), 7);
            if let Some(line) = line.filter(|_| is_new) {
                assert!(Checkpoint::with(text, &line, &witness).is_some());
            }
        }
    }
    match Checkpoint::read(text, &log, &[witness]) {
        Err(error) => is_said(&error),
        Ok(read) => {
            assert!(is_ours(&read.checkpoint), "{text}");
            assert!(read.witnesses.iter().all(|(_, second)| *second == 1_790_000_000));
        }
    }
}

fn witness() -> LogKey {
    LogKey::of_witness("witness.example/w1", &SecretKey::from_seed(&[2; 32]))
}

fn head(size: u64) -> Checkpoint {
    let root = LogTree::new(chains().log()).root_at(size).unwrap();
    Checkpoint { origin: log_key().name().to_owned(), size, root }
}

/// Whether a head is one of those that the log signed.
fn is_ours(head: &Checkpoint) -> bool {
    LogTree::new(chains().log()).root_at(head.size) == Some(head.root) && head.origin == log_key().name()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let size = chains().size();
    let tree = LogTree::new(chains().log());
    let note = note_at(size);
    let cosigned = Checkpoint::cosign(&note, witness().name(), &SecretKey::from_seed(&[2; 32]), 1_790_000_000).unwrap();
    let submission = |old_size, consistency| Submission { old_size, consistency, note: note.clone() }.write();
    let proof = InclusionProof::new(&tree, size, size - 1, &note).unwrap().write();
    let fork = format!(
        "{{\"format\":\"neglist fork v1\",\"earlier\":{:?},\"later\":{note:?},\"root\":\"{}\",\"consistency\":[]}}",
        note_at(3),
        "A".repeat(43) + "=",
    );
    let large = Checkpoint { size: u64::MAX, ..head(size) }.sign(&SecretKey::from_seed(&[1; 32]));
    let texts = [
        note_at(1),
        note.clone(),
        cosigned,
        large,
        submission(0, Consistency::default()),
        submission(3, tree.consistency(3, size).unwrap()),
        submission(u64::MAX, Consistency::default()),
        proof,
        fork,
    ];
    let mut seeds: Vec<_> = texts.into_iter().map(String::into_bytes).collect();
    seeds.push(file("snapshots/bundled.checkpoint"));
    seeds
}
