//! How far the journal is acknowledged.

use crate::model::{Hash, Head};

/// The head that was last acknowledged. Written and synced before a publish
/// is reported done, so that what it covers and is not there is damage.
///
/// Its file has two blocks, and each new head goes over the older one in
/// place: one sync, and no file to rename. A stop in the midst of it spoils
/// one block, and the other still says the head before. The blocks lie so far
/// apart that no disk keeps both in one sector: one that it loses is one block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// Which registry, and how far.
    pub head: Head,
}

/// How long a block is, in bytes: what any disk writes at once.
const BLOCK: usize = 512;

/// How far apart they begin: the largest sector that disks have.
const APART: usize = 4096;

impl Checkpoint {
    /// Returns a whole file: this head in both blocks, and spaces between.
    pub fn to_file(&self) -> Vec<u8> {
        let block = self.block();
        let mut file = block.clone();
        file.resize(APART, b' ');
        file.extend_from_slice(&block);
        file
    }

    /// Returns the block: origin, size, hash, and a checksum of these, each on
    /// a line; then spaces, and an end of line.
    pub fn block(&self) -> Vec<u8> {
        let Head { origin, size, hash } = &self.head;
        let said = format!("{origin}\n{size}\n{hash}\n");
        let checksum = Hash(*blake3::hash(said.as_bytes()).as_bytes());
        let mut block = format!("{said}{checksum}\n").into_bytes();
        block.resize(BLOCK - 1, b' ');
        block.push(b'\n');
        block
    }

    /// Returns where the block goes, in bytes from the beginning: never over
    /// the head before it.
    pub fn offset(&self) -> u64 {
        (self.head.size % 2) * APART as u64
    }

    /// Reads a file; `None` where neither block can be read, or they
    /// contradict each other.
    pub fn read(bytes: &[u8]) -> Option<Found> {
        let (one, rest) = bytes.split_at_checked(BLOCK)?;
        // Version 0.1.0 wrote one block right behind the other. Its files are
        // read, and written anew before anything goes over a block.
        let other = if rest.len() == BLOCK { rest } else { rest.get(APART - BLOCK..)? };
        if other.len() != BLOCK {
            return None;
        }
        let (one, other) = (Checkpoint::read_block(one), Checkpoint::read_block(other));
        let is_damaged = one.is_none() || other.is_none();
        let newest = match (one, other) {
            (Some(one), Some(other)) => {
                let is_one_registry = one.head.origin == other.head.origin;
                let is_one_history = one.head.size != other.head.size || one == other;
                if !is_one_registry || !is_one_history {
                    return None;
                }
                if one.head.size < other.head.size { other } else { one }
            }
            (one, other) => one.or(other)?,
        };
        Some(Found { checkpoint: newest, is_damaged })
    }

    /// Reads a block: parses, writes, compares.
    fn read_block(bytes: &[u8]) -> Option<Checkpoint> {
        let mut lines = std::str::from_utf8(bytes).ok()?.lines();
        let (origin, size, hash) = (lines.next()?, lines.next()?, lines.next()?);
        let hash: Hash = hash.parse().ok()?;
        let head = Head { origin: origin.to_owned(), size: size.parse().ok()?, hash };
        let checkpoint = Checkpoint { head };
        // No checkpoint covers nothing: there is none before the first record.
        (checkpoint.head.size != 0 && checkpoint.block() == bytes).then_some(checkpoint)
    }
}

/// What the file of a checkpoint says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// The newest head in it.
    pub checkpoint: Checkpoint,
    /// Whether a block cannot be read: it was being written, or it went bad.
    /// It is only ever written once the record that it covers is durable.
    pub is_damaged: bool,
}

impl Found {
    /// Returns how many records may have been acknowledged: where a block
    /// cannot be read, it may have said one more than the other. Not two, for
    /// the next head would have gone over the other.
    pub fn most_acknowledged(&self) -> u64 {
        self.checkpoint.head.size.saturating_add(u64::from(self.is_damaged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(size: u64) -> Checkpoint {
        Checkpoint { head: Head { origin: "neglist/test".to_owned(), size, hash: Hash([0xab; 32]) } }
    }

    #[test]
    fn a_block_has_one_spelling() {
        let block = at(12).block();
        assert_eq!((block.len(), Checkpoint::read_block(&block)), (BLOCK, Some(at(12))));
        for position in 0..BLOCK {
            let mut other = block.clone();
            other[position] ^= 1;
            assert_eq!(Checkpoint::read_block(&other), None, "byte {position}");
        }
        assert_eq!(Checkpoint::read_block(&at(0).block()), None);
    }

    #[test]
    fn the_newest_block_counts() {
        let between = [b' '; APART - BLOCK];
        let file = |one: &[u8], other: &[u8]| Checkpoint::read(&[one, &between, other].concat());
        let found = |size, is_damaged| Some(Found { checkpoint: at(size), is_damaged });
        assert_eq!(Checkpoint::read(&at(12).to_file()), found(12, false));
        assert_eq!(file(&at(12).block(), &at(13).block()), found(13, false));
        assert_eq!(file(&at(14).block(), &at(13).block()), found(14, false));
        assert_eq!(file(&at(14).block(), &[0; BLOCK]), found(14, true));
        assert_eq!(file(&[0; BLOCK], &[0; BLOCK]), None);
        assert_eq!(file(&at(14).block(), &at(13).block()[1..]), None, "a file has one length");
        let fork = Checkpoint { head: Head { hash: Hash([1; 32]), ..at(14).head } };
        assert_eq!(file(&at(14).block(), &fork.block()), None);
        assert_eq!((at(14).offset(), at(15).offset()), (0, 4096));
        let most = |one: &[u8], other: &[u8]| file(one, other).map(|it| it.most_acknowledged());
        assert_eq!(most(&at(14).block(), &at(13).block()), Some(14));
        assert_eq!(most(&at(14).block(), &[0; BLOCK]), Some(15));
    }

    #[test]
    fn a_file_of_the_layout_before_is_still_read() {
        let file = |one: &[u8], other: &[u8]| Checkpoint::read(&[one, other].concat());
        let found = |size, is_damaged| Some(Found { checkpoint: at(size), is_damaged });
        assert_eq!(file(&at(12).block(), &at(13).block()), found(13, false));
        assert_eq!(file(&[0; BLOCK], &at(13).block()), found(13, true));
        assert_eq!(file(&at(12).block(), &at(13).block()[1..]), None);
    }
}
