//! The signed head of a log: C2SP tlog-checkpoint in a C2SP signed note.

use signed_note::{Note, NoteError, VerificationError, Verifier, Verifiers};

use crate::canon::{LogLeaf, SecretKey, is_signed};
use crate::log::key::{LogKey, Scheme};

/// No log has more entries: a head that says so is none. The places of hashes in
/// a tree are twice as large, and are to stay numbers.
const MOST_ENTRIES: u64 = 1 << 62;

/// The head of a log: which, how many entries, and the root over them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: LogLeaf,
}

/// A checkpoint whose signatures were looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cosigned {
    /// What the log says.
    pub checkpoint: Checkpoint,
    /// The witnesses among those asked for that saw it, each with the second
    /// since 1970 in which it did.
    pub witnesses: Vec<(LogKey, u64)>,
    /// Whether nobody else signed.
    pub is_signed_by_known_only: bool,
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidCheckpoint {
    /// It is no checkpoint.
    #[error("it is not a checkpoint as C2SP tlog-checkpoint has them")]
    Malformed,
    /// The log did not sign it.
    #[error("it is not signed by the log `{0}` with this key")]
    NotSigned(String),
    /// Somebody whose key is known signed something else.
    #[error("the signature of `{0}` is not over this checkpoint")]
    BadSignature(String),
    /// It is of another log.
    #[error("it is the checkpoint of the log `{found}`, and the key is that of `{expected}`")]
    Origin {
        /// Whose key it is.
        expected: String,
        /// Whose checkpoint it is.
        found: String,
    },
}

impl Checkpoint {
    /// Signs it: three lines, an empty one, and the signature.
    pub fn sign(&self, key: &SecretKey) -> String {
        let text = self.text();
        let log = LogKey::of_log(&self.origin, key);
        format!("{text}\n{}", line(&log, key.sign_bytes(text.as_bytes()).to_vec()))
    }

    /// Adds the cosignature of a witness that saw the note in a second since
    /// 1970 (C2SP tlog-cosignature). Returns the whole note; `None` where it is
    /// none.
    pub fn cosign(note: &str, name: &str, key: &SecretKey, second: u64) -> Option<String> {
        Some(format!("{note}{}", Checkpoint::cosignature(note, name, key, second)?))
    }

    /// Returns the line of a cosignature by itself, as witnesses answer.
    pub fn cosignature(note: &str, name: &str, key: &SecretKey, second: u64) -> Option<String> {
        let parsed = Note::from_bytes(note.as_bytes()).ok()?;
        let signature = key.sign_bytes(&cosigned(second, std::str::from_utf8(parsed.text()).ok()?));
        Some(line(&LogKey::of_witness(name, key), [second.to_be_bytes().as_slice(), &signature].concat()))
    }

    /// Adds the line of a cosignature to a signed head; `None` where it is none
    /// of this witness over this head.
    pub fn with(note: &str, cosignature: &str, witness: &LogKey) -> Option<String> {
        let whole = format!("{note}{cosignature}");
        let parsed = Note::from_bytes(whole.as_bytes()).ok()?;
        let (verified, _) = parsed.verify(&Known(vec![Keyed(witness.clone())])).ok()?;
        (verified.len() == 1).then_some(whole)
    }

    /// Takes the cosignatures of a witness off a signed head; `None` where it is
    /// none.
    pub fn without(note: &str, witness: &LogKey) -> Option<String> {
        let (text, lines) = note.rsplit_once("\n\n")?;
        let mut kept = format!("{text}\n\n");
        for line in lines.lines() {
            let signature = signed_note::Signature::from_bytes(line.as_bytes()).ok()?;
            if signature.name() != witness.name || signature.id() != witness.id() {
                kept.extend([line, "\n"]);
            }
        }
        Some(kept)
    }

    /// Returns what is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, tlog_tiles::Hash(self.root))
    }

    /// Reads a checkpoint without looking at who signed it.
    pub fn read_unverified(note: &str) -> Result<Checkpoint, InvalidCheckpoint> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| InvalidCheckpoint::Malformed)?;
        Checkpoint::of_text(note.text())
    }

    /// Reads a checkpoint that a log signed, and perhaps witnesses of those
    /// named.
    pub fn read(note: &str, log: &LogKey, witnesses: &[LogKey]) -> Result<Cosigned, InvalidCheckpoint> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| InvalidCheckpoint::Malformed)?;
        let checkpoint = Checkpoint::of_text(parsed.text())?;
        if checkpoint.origin != log.name {
            return Err(InvalidCheckpoint::Origin { expected: log.name.clone(), found: checkpoint.origin });
        }
        let known = Known(std::iter::once(log).chain(witnesses).cloned().map(Keyed).collect());
        let (verified, others) = parsed.verify(&known).map_err(|error| match error {
            NoteError::InvalidSignature { name, .. } => InvalidCheckpoint::BadSignature(name),
            NoteError::UnverifiedNote => InvalidCheckpoint::NotSigned(log.name.clone()),
            NoteError::MalformedNote
            | NoteError::InvalidSigner
            | NoteError::MismatchedVerifier
            | NoteError::VerificationError(_)
            | NoteError::SignatureError(_) => InvalidCheckpoint::Malformed,
        })?;
        let is_by = |key: &LogKey, it: &signed_note::Signature| it.name() == key.name && it.id() == key.id();
        if !verified.iter().any(|it| is_by(log, it)) {
            return Err(InvalidCheckpoint::NotSigned(log.name.clone()));
        }
        let witnessed = witnesses.iter().filter_map(|key| {
            let signature = verified.iter().find(|it| is_by(key, it))?;
            Some((key.clone(), u64::from_be_bytes(*signature.signature().first_chunk()?)))
        });
        Ok(Cosigned { checkpoint, witnesses: witnessed.collect(), is_signed_by_known_only: others.is_empty() })
    }

    fn of_text(text: &[u8]) -> Result<Checkpoint, InvalidCheckpoint> {
        let malformed = |_| InvalidCheckpoint::Malformed;
        let read = tlog_tiles::Checkpoint::from_bytes(text).map_err(malformed)?;
        let checkpoint = Checkpoint { origin: read.origin().to_owned(), size: read.size(), root: read.hash().0 };
        // One checkpoint, one spelling; no lines that this version cannot read.
        let is_borne = checkpoint.size <= MOST_ENTRIES;
        if is_borne && checkpoint.text().as_bytes() == text {
            Ok(checkpoint)
        } else {
            Err(InvalidCheckpoint::Malformed)
        }
    }
}

/// Returns the line of a signature.
fn line(key: &LogKey, signature: Vec<u8>) -> String {
    let signature = signed_note::Signature::new(key.name.clone(), key.id(), signature);
    let bytes = signature.expect("because names of logs and witnesses have neither spaces nor `+`").to_bytes();
    String::from_utf8(bytes).expect("because signatures are written as text")
}

/// What a witness signs.
fn cosigned(second: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {second}\n{text}").into_bytes()
}

struct Keyed(LogKey);

impl Verifier for Keyed {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn key_id(&self) -> u32 {
        self.0.id()
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        match self.0.scheme {
            Scheme::Note => signature.try_into().is_ok_and(|it| is_signed(&self.0.key, text, it)),
            Scheme::Cosignature => {
                let Some((second, signature)) = signature.split_first_chunk() else { return false };
                let Ok(text) = std::str::from_utf8(text) else { return false };
                let signed = cosigned(u64::from_be_bytes(*second), text);
                signature.try_into().is_ok_and(|it| is_signed(&self.0.key, &signed, it))
            }
        }
    }
}

struct Known(Vec<Keyed>);

impl Verifiers for Known {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        let found = self.0.iter().find(|it| it.name() == name && it.key_id() == id);
        let unknown = || VerificationError::UnknownKey { name: name.to_owned(), id };
        found.map(|it| it as &dyn Verifier).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "registry.example/lists".to_owned(), size: 341, root: [7; 32] }
    }

    #[test]
    fn a_checkpoint_is_believed_of_the_log_that_signed_it() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let note = checkpoint().sign(&key);
        let log = LogKey::of_log("registry.example/lists", &key);
        let read = Checkpoint::read(&note, &log, &[]).unwrap();
        assert_eq!((read.checkpoint, read.witnesses.len()), (checkpoint(), 0));
        let by_other = LogKey::of_log("registry.example/lists", &other);
        assert!(matches!(Checkpoint::read(&note, &by_other, &[]), Err(InvalidCheckpoint::NotSigned(_))));
        let of_other = LogKey::of_log("registry.example/other", &key);
        assert!(matches!(Checkpoint::read(&note, &of_other, &[]), Err(InvalidCheckpoint::Origin { .. })));
        let larger = note.replace("\n341\n", "\n342\n");
        assert!(matches!(Checkpoint::read(&larger, &log, &[]), Err(InvalidCheckpoint::BadSignature(_))));
    }

    #[test]
    fn a_witness_that_has_the_name_of_the_log_is_not_the_log() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let name = "registry.example/lists";
        let (log, namesake) = (LogKey::of_log(name, &key), LogKey::of_witness(name, &other));
        let signed = checkpoint().sign(&key);
        let cosigned_only = format!("{}\n{}", checkpoint().text(), {
            Checkpoint::cosignature(&signed, name, &other, 1_790_000_000).unwrap()
        });
        let read = Checkpoint::read(&cosigned_only, &log, std::slice::from_ref(&namesake));
        assert!(matches!(read, Err(InvalidCheckpoint::NotSigned(_))), "{read:?}");
        // Signed by both, it is the witness that says when.
        let both = Checkpoint::cosign(&signed, name, &other, 1_790_000_000).unwrap();
        let read = Checkpoint::read(&both, &log, std::slice::from_ref(&namesake)).unwrap();
        assert_eq!(read.witnesses, [(namesake, 1_790_000_000)]);
    }

    #[test]
    fn a_checkpoint_has_one_spelling_and_a_size_that_can_be_borne() {
        let note = |text: &str| {
            let key = SecretKey::from_seed(&[1; 32]);
            let log = LogKey::of_log("registry.example/lists", &key);
            format!("{text}\n{}", line(&log, key.sign_bytes(text.as_bytes()).to_vec()))
        };
        let good = checkpoint().text();
        assert_eq!(Checkpoint::read_unverified(&note(&good)), Ok(checkpoint()));
        let most = |size| Checkpoint { size, ..checkpoint() }.text();
        assert!(Checkpoint::read_unverified(&note(&most(MOST_ENTRIES))).is_ok());
        for bad in [most(MOST_ENTRIES + 1), good.clone() + "a line more\n", good.replace("\n341\n", "\n0341\n")] {
            assert_eq!(Checkpoint::read_unverified(&note(&bad)), Err(InvalidCheckpoint::Malformed), "{bad}");
        }
    }

    #[test]
    fn a_witness_says_when_it_saw_it() {
        let (key, seen_by) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let note = checkpoint().sign(&key);
        let note = Checkpoint::cosign(&note, "witness.example/w1", &seen_by, 1_790_000_000).unwrap();
        let log = LogKey::of_log("registry.example/lists", &key);
        let witness = LogKey::of_witness("witness.example/w1", &seen_by);
        let read = Checkpoint::read(&note, &log, std::slice::from_ref(&witness)).unwrap();
        assert_eq!(read.witnesses, [(witness.clone(), 1_790_000_000)]);
        assert!(read.is_signed_by_known_only);
        // Whoever does not know the witness passes over it, and can tell.
        let read = Checkpoint::read(&note, &log, &[]).unwrap();
        assert!(read.witnesses.is_empty() && !read.is_signed_by_known_only);
        // Its cosignature comes off again, and only a true one goes on.
        let bare = Checkpoint::without(&note, &witness).unwrap();
        assert_eq!(bare, checkpoint().sign(&key));
        let line = Checkpoint::cosignature(&bare, "witness.example/w1", &seen_by, 1_790_000_000).unwrap();
        assert_eq!(Checkpoint::with(&bare, &line, &witness), Some(note.clone()));
        // Another key of the same name is another witness, and so is this key of
        // another name.
        let other_key = SecretKey::from_seed(&[3; 32]);
        for (name, key) in [("witness.example/w1", &other_key), ("witness.example/w2", &seen_by)] {
            let by_other = Checkpoint::cosign(&note, name, key, 1_790_000_000).unwrap();
            let left = Checkpoint::without(&by_other, &witness).unwrap();
            let expected = Checkpoint::cosign(&bare, name, key, 1_790_000_000).unwrap();
            assert_eq!(left, expected, "{name}");
        }
        let of_other = Checkpoint { size: 342, ..checkpoint() }.sign(&key);
        assert_eq!(Checkpoint::with(&of_other, &line, &witness), None);
        assert_eq!(Checkpoint::with(&bare, "", &witness), None);
        // A log's key is no witness's.
        let as_log = LogKey::of_log("witness.example/w1", &seen_by);
        assert!(Checkpoint::read(&note, &log, &[as_log]).unwrap().witnesses.is_empty());
    }
}
