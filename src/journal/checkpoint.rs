//! How far the journal is acknowledged.

use std::fmt;

use crate::model::{Hash, Head};

/// The head that was last acknowledged. Written and synced before a publish
/// is reported done, so that what it covers and is not there is damage.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// Which registry, and how far.
    pub head: Head,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head { origin, size, hash } = &self.head;
        write!(f, "{origin}\n{size}\n{hash}\n")
    }
}

impl Checkpoint {
    /// Reads a checkpoint: parses, prints, compares.
    pub fn read(text: &str) -> Option<Checkpoint> {
        let mut lines = text.lines();
        let (origin, size, hash) = (lines.next()?, lines.next()?, lines.next()?);
        let hash: Hash = hash.parse().ok()?;
        let head = Head { origin: origin.to_owned(), size: size.parse().ok()?, hash };
        let checkpoint = Checkpoint { head };
        // No checkpoint covers nothing: there is none before the first record.
        (checkpoint.head.size != 0 && checkpoint.to_string() == text).then_some(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_has_one_spelling() {
        let text = format!("neglist/test\n12\n{}\n", "ab".repeat(32));
        assert_eq!(Checkpoint::read(&text).map(|it| it.to_string()), Some(text.clone()));
        for bad in [
            text.replace("12", "012"),
            text.replace("12", "+12"),
            text.replace("12", "0"),
            text.trim_end().to_owned(),
            text + "x\n",
        ] {
            assert_eq!(Checkpoint::read(&bad), None, "{bad:?}");
        }
    }
}
