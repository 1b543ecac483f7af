//! The tree of the log: RFC 6962 with SHA-256.

use tlog_tiles::{Hash, HashReader, RecordProof, TreeProof, check_tree, prove_record, prove_tree, tree_hash};

use crate::canon::LogLeaf;

/// So many hashes a full tile has.
pub const TILE_WIDTH: usize = 256;

/// The height of a tile.
pub(super) const TILE_HEIGHT: u8 = 8;

/// The tree of a log, with all the hashes that proofs are made of.
#[derive(Clone, Debug, Default)]
pub struct LogTree {
    size: u64,
    /// Where a hash lies in it, `tlog_tiles::stored_hash_index` says.
    stored: Stored,
}

#[derive(Clone, Debug, Default)]
struct Stored(Vec<Hash>);

/// A tile, as C2SP tlog-tiles lays it out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tile {
    /// Where it lies, from the address of the log: `tile/0/000`.
    pub path: String,
    /// What it holds: hashes of 32 bytes.
    pub bytes: Vec<u8>,
}

/// That one tree begins with another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consistency(TreeProof);

impl LogTree {
    /// Makes the tree over some leaves.
    pub fn new(leaves: &[LogLeaf]) -> LogTree {
        let mut tree = LogTree::default();
        leaves.iter().for_each(|it| tree.push(*it));
        tree
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: LogLeaf) {
        let hashes = tlog_tiles::stored_hashes_for_record_hash(self.size, Hash(leaf), &self.stored);
        self.stored.0.extend(hashes.expect("because all hashes before it are there"));
        self.size += 1;
    }

    /// Returns how many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root over its first leaves; `None` where it has not as
    /// many.
    pub fn root_at(&self, size: u64) -> Option<LogLeaf> {
        (size <= self.size).then(|| tree_hash(size, &self.stored).ok().map(|it| it.0)).flatten()
    }

    /// Returns the root over all its leaves.
    pub fn root(&self) -> LogLeaf {
        self.root_at(self.size).expect("because all hashes are there")
    }

    /// Proves that a leaf is among the first so many; `None` where it is not.
    pub fn inclusion(&self, size: u64, index: u64) -> Option<RecordProof> {
        (size <= self.size).then(|| prove_record(size, index, &self.stored).ok()).flatten()
    }

    /// Proves that the tree of one size begins with that of another; `None`
    /// where it has not as many leaves, or the earlier has none.
    pub fn consistency(&self, earlier: u64, later: u64) -> Option<Consistency> {
        (later <= self.size).then(|| prove_tree(later, earlier, &self.stored).ok().map(Consistency)).flatten()
    }

    /// Returns the tiles of hashes that a tree of this size has and one of an
    /// earlier size has not.
    pub fn tiles_since(&self, earlier: u64) -> Vec<Tile> {
        let tiles = tlog_tiles::Tile::new_tiles(TILE_HEIGHT, earlier, self.size);
        let tiles = tiles.into_iter().map(|it| Tile {
            path: tile_path(&it),
            bytes: it.read_data(&self.stored).expect("because all hashes are there"),
        });
        tiles.collect()
    }
}

/// The library writes the height of tiles as the checksum database of Go has
/// it; C2SP tlog-tiles leaves it out.
pub(super) fn tile_path(tile: &tlog_tiles::Tile) -> String {
    let path = tile.path();
    path.strip_prefix("tile/8/").map(|it| format!("tile/{it}")).unwrap_or(path)
}

impl Consistency {
    pub(super) fn from_proof(proof: TreeProof) -> Consistency {
        Consistency(proof)
    }

    /// Returns whether it has no hashes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a proof from its hashes.
    pub fn from_hashes(hashes: Vec<[u8; 32]>) -> Consistency {
        Consistency(hashes.into_iter().map(Hash).collect())
    }

    /// Returns its hashes.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.0.iter().map(|it| &it.0)
    }

    /// Returns whether a tree of one size and root begins with that of
    /// another.
    pub fn holds(&self, earlier: (u64, LogLeaf), later: (u64, LogLeaf)) -> bool {
        match earlier.0 {
            same if same == later.0 => earlier.1 == later.1 && self.0.is_empty(),
            0 => self.0.is_empty(),
            _ => check_tree(&self.0, later.0, Hash(later.1), earlier.0, Hash(earlier.1)).is_ok(),
        }
    }
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let hash = |index: &u64| usize::try_from(*index).ok().and_then(|it| self.0.get(it)).copied();
        indexes.iter().map(hash).collect::<Option<_>>().ok_or(tlog_tiles::Error::IndexesNotInTree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(size: u8) -> LogTree {
        let mut tree = LogTree::default();
        (0..size).for_each(|it| tree.push([it; 32]));
        tree
    }

    #[test]
    fn what_a_tree_has_not_cannot_be_proven() {
        let tree = tree(9);
        assert!(tree.inclusion(9, 8).is_some() && tree.inclusion(5, 4).is_some());
        for (size, index) in [(9, 9), (5, 5), (10, 3)] {
            assert_eq!(tree.inclusion(size, index), None, "{index} of {size}");
        }
        assert!(tree.consistency(9, 9).is_some() && tree.consistency(1, 9).is_some());
        for (earlier, later) in [(0, 9), (6, 5), (5, 10), (10, 10)] {
            assert_eq!(tree.consistency(earlier, later), None, "{earlier} and {later}");
        }
    }

    #[test]
    fn of_one_size_there_is_one_tree_and_nothing_to_prove() {
        let (five, nine) = (tree(5), tree(9));
        let proof = nine.consistency(5, 9).unwrap();
        let at = |tree: &LogTree| (tree.size(), tree.root());
        assert!(proof.holds(at(&five), at(&nine)) && !Consistency::default().holds(at(&five), at(&nine)));
        let none = Consistency::default();
        assert!(none.holds(at(&nine), at(&nine)) && none.holds((0, [0; 32]), at(&nine)));
        // Another root of the same size, and more proof than there can be.
        assert!(!none.holds((9, five.root()), at(&nine)));
        assert!(!proof.holds(at(&nine), at(&nine)) && !proof.holds((9, five.root()), at(&nine)));
        assert!(!proof.holds((0, [0; 32]), at(&nine)) && !proof.holds(at(&nine), at(&five)));
    }
}
