//! A log as it is served: files that nobody has to be believed for.
//!
//! Every tile is checked against the root that the log signed before anything
//! is concluded from it.

use std::cell::RefCell;
use std::io;

use tlog_tiles::{Error, Hash, Tile, TileHashReader, TileReader, prove_tree, tree_hash};

use crate::canon::LogLeaf;
use crate::log::checkpoint::Checkpoint;
use crate::log::tree::{Consistency, TILE_HEIGHT, tile_path};

/// Where the checkpoint lies, from the address of a log.
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// The files of a log, by their paths from its address (C2SP tlog-tiles).
pub trait ServedLog {
    /// Reads a file; `None` where there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
}

/// Why a log that is served proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ServedError {
    /// It could not be read.
    #[error("the log could not be read: {0}")]
    Io(io::Error),
    /// A file is not there that has to be.
    #[error("the log does not serve `{0}`, which its checkpoint rests on")]
    Missing(String),
    /// The tiles are not those of the checkpoint.
    #[error("the tiles that the log serves do not make the root that it signed")]
    Tiles,
}

impl From<io::Error> for ServedError {
    fn from(error: io::Error) -> ServedError {
        ServedError::Io(error)
    }
}

/// The tree of a served log, at a checkpoint.
pub(crate) struct ServedTree<'s> {
    size: u64,
    root: Hash,
    tiles: Tiles<'s>,
}

impl<'s> ServedTree<'s> {
    pub(crate) fn new(served: &'s dyn ServedLog, checkpoint: &Checkpoint) -> ServedTree<'s> {
        let tiles = Tiles { served, failure: RefCell::new(None) };
        ServedTree { size: checkpoint.size, root: Hash(checkpoint.root), tiles }
    }

    /// Returns the root over the first entries, which are no more than the
    /// checkpoint has and at least one, and the proof that the tree begins with
    /// them.
    ///
    /// The library's reader does not compare every tile with the one above it.
    /// So what it gives is believed only once the proof holds, which needs
    /// nothing but the signed root.
    pub(crate) fn beginning(&self, size: u64) -> Result<(LogLeaf, Consistency), ServedError> {
        if size == self.size {
            return Ok((self.root.0, Consistency::default()));
        }
        let reader = TileHashReader::new(self.size, self.root, &self.tiles);
        let root = tree_hash(size, &reader).map_err(|_| self.failure())?;
        let proof = prove_tree(self.size, size, &reader).map_err(|_| self.failure())?;
        let proof = Consistency::from_proof(proof);
        if proof.holds((size, root.0), (self.size, self.root.0)) {
            Ok((root.0, proof))
        } else {
            Err(ServedError::Tiles)
        }
    }

    fn failure(&self) -> ServedError {
        self.tiles.failure.take().unwrap_or(ServedError::Tiles)
    }
}

struct Tiles<'s> {
    served: &'s dyn ServedLog,
    /// The library's errors have no place for what went wrong in reading.
    failure: RefCell<Option<ServedError>>,
}

impl Tiles<'_> {
    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, ServedError> {
        let length = tile.width() as usize * 32;
        let path = tile_path(tile);
        if let Some(bytes) = self.served.read(&path)? {
            return if bytes.len() == length { Ok(bytes) } else { Err(ServedError::Tiles) };
        }
        // A log may drop a part of a tile once the tile is full.
        let full = Tile::new(tile.height(), tile.level(), tile.level_index(), 1 << tile.height(), false);
        let bytes = self.served.read(&tile_path(&full))?.ok_or(ServedError::Missing(path))?;
        bytes.get(..length).map(<[u8]>::to_vec).ok_or(ServedError::Tiles)
    }
}

impl TileReader for Tiles<'_> {
    fn height(&self) -> u8 {
        TILE_HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = tiles.iter().map(|it| self.tile(it)).collect::<Result<_, _>>();
        read.map_err(|failure| {
            *self.failure.borrow_mut() = Some(failure);
            Error::InvalidTile
        })
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}
