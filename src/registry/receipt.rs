//! Receipts of a registry in a folder.

use std::path::Path;

use crate::canon::{Chains, InvalidRecord};
use crate::journal::{self, JournalLines, RealDisk, Verified, signed_checkpoint};
use crate::receipt::{Fate, ProveError, Prover, Stored, replay};
use crate::registry::open::{OpenError, Registry, damaged};

/// Why a registry gives no receipts.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Nobody signed its head.
    #[error("the registry at `{}` has no signed checkpoint", .0.display())]
    Unsigned(std::path::PathBuf),
    /// The checkpoint does not fit, or the question is not understood.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// Its files cannot be read.
    #[error("the registry's files cannot be read")]
    Io(#[from] std::io::Error),
}

/// Opens what receipts are made of, every record being verified.
pub fn prover(root: &Path) -> Result<Prover, ReceiptError> {
    let checkpoint = signed_checkpoint(root)?.ok_or_else(|| ReceiptError::Unsigned(root.to_owned()))?;
    Ok(Prover::new(&read(root)?, &checkpoint)?)
}

/// Makes what receipts of a registry are made of, at the head that it was opened
/// at, whatever was published since. `lines` are those of its journal up to
/// there, and `verified` what was verified of them before.
pub fn prover_at(
    verified: &mut Verified,
    registry: &Registry,
    lines: &JournalLines,
    checkpoint: Option<&str>,
) -> Result<Prover, ReceiptError> {
    let root = registry.root();
    let checkpoint = checkpoint.ok_or_else(|| ReceiptError::Unsigned(root.to_owned()))?;
    let chains = verified.chains(lines, &registry.state().head).map_err(|it| damaged(root, it))?;
    Ok(Prover::new(chains, checkpoint)?)
}

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The registry cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its files cannot be read.
    #[error("the registry's files cannot be read")]
    Io(#[from] std::io::Error),
    /// A record is another than the one that was verified a moment ago.
    #[error("the journal changed while it was read")]
    Changed(#[from] InvalidRecord),
}

/// Replays receipts against the registry in a folder, in one pass over its
/// records: what became of each, in the order given.
pub fn replayed(root: &Path, receipts: &[Stored]) -> Result<Vec<Fate>, ReplayError> {
    let chains = read(root)?;
    let lines = journal::read_lines(&RealDisk::new(root))?;
    Ok(replay(&chains, &lines, receipts)?)
}

fn read(root: &Path) -> Result<Chains, OpenError> {
    journal::read_folder(&RealDisk::new(root)).map_err(|it| damaged(root, it))
}
