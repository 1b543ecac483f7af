//! A registry's journal in one file.

use std::io;
use std::path::Path;

use crate::journal::{self, RealDisk, snapshot};
use crate::model::Head;
use crate::registry::open::{OpenError, damaged};

/// Why a registry was not exported. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its files cannot be read.
    #[error("the registry's files cannot be read")]
    Io(#[from] io::Error),
}

/// Returns the snapshot of a registry, every record of which was verified.
pub fn export(root: &Path) -> Result<(Head, Vec<u8>), ExportError> {
    let disk = RealDisk::new(root);
    let chains = journal::read_folder(&disk).map_err(|it| damaged(root, it))?;
    let state = chains.state().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    let lines = journal::read_lines(&disk)?;
    // A torn end, or a record that came meanwhile, is not part of what was
    // verified.
    let verified = lines.iter().take(usize::try_from(state.head.size).unwrap_or(usize::MAX));
    let bytes = snapshot::write(&state.head, verified)?;
    Ok((state.head, bytes))
}
