//! The proof that a log holds an entry: C2SP tlog-proof.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tlog_tiles::{Hash, RecordProof, check_record, record_hash};

use crate::log::checkpoint::Checkpoint;
use crate::log::tree::LogTree;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";

/// Where an entry stands in a log, the path from it to the root, and the
/// signed checkpoint that states the root.
#[derive(Clone, Debug, PartialEq)]
pub struct InclusionProof {
    /// The number of the entry.
    pub index: u64,
    path: RecordProof,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// A text that is no proof.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is not a proof as C2SP tlog-proof has them")]
pub struct InvalidProof;

impl InclusionProof {
    /// Proves that the log of a checkpoint holds an entry; `None` where the
    /// tree is smaller than the checkpoint says.
    pub fn new(tree: &LogTree, size: u64, index: u64, checkpoint: &str) -> Option<InclusionProof> {
        let path = tree.inclusion(size, index)?;
        Some(InclusionProof { index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Returns whether an entry stands at the place in the log of a checkpoint.
    pub fn holds(&self, entry: &[u8], checkpoint: &Checkpoint) -> bool {
        let (size, root) = (checkpoint.size, Hash(checkpoint.root));
        check_record(&self.path, size, root, self.index, record_hash(entry)).is_ok()
    }

    /// Writes it as text.
    pub fn write(&self) -> String {
        let index = format!("index {}", self.index);
        let lines: Vec<String> = std::iter::once(index).chain(self.path.iter().map(ToString::to_string)).collect();
        format!("{FIRST_LINE}{}\n\n{}", lines.join("\n"), self.checkpoint)
    }

    /// Reads it from its one spelling.
    pub fn read(text: &str) -> Result<InclusionProof, InvalidProof> {
        let proof = read(text).ok_or(InvalidProof)?;
        if proof.write() == text { Ok(proof) } else { Err(InvalidProof) }
    }
}

fn read(text: &str) -> Option<InclusionProof> {
    let (head, checkpoint) = text.strip_prefix(FIRST_LINE)?.split_once("\n\n")?;
    let mut lines = head.lines();
    let index = lines.next()?.strip_prefix("index ")?.parse().ok()?;
    let hash = |line: &str| Some(Hash(STANDARD.decode(line).ok()?.try_into().ok()?));
    Some(InclusionProof { index, path: lines.map(hash).collect::<Option<_>>()?, checkpoint: checkpoint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canon::SecretKey;

    #[test]
    fn every_entry_of_every_log_can_be_proven_and_nothing_else() {
        let entries: Vec<Vec<u8>> = (0..40_u8).map(|it| vec![it; 3]).collect();
        let mut tree = LogTree::default();
        for (size, entry) in (1..).zip(&entries) {
            tree.push(record_hash(entry).0);
            let checkpoint = Checkpoint { origin: "log.example".to_owned(), size, root: tree.root() };
            let note = checkpoint.sign(&SecretKey::from_seed(&[1; 32]));
            for (index, entry) in (0..size).zip(&entries) {
                let proof = InclusionProof::new(&tree, size, index, &note).unwrap();
                assert_eq!(InclusionProof::read(&proof.write()).as_ref(), Ok(&proof));
                assert!(proof.holds(entry, &checkpoint));
                assert!(!proof.holds(b"another", &checkpoint));
                assert!(!InclusionProof { index: index + 1, ..proof }.holds(entry, &checkpoint));
            }
            assert_eq!(InclusionProof::new(&tree, size, size, &note), None);
        }
    }
}
