//! Receipts of a registry in a folder.

use std::path::Path;

use crate::canon::{Chains, InvalidRecord};
use crate::journal::{self, JournalLines, RealDisk, signed_checkpoint};
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

/// The records of a registry as far as they were verified for receipts. A
/// journal only grows: what was verified once is not read again.
#[derive(Debug, Default)]
pub struct Verified(Chains);

impl Verified {
    /// Makes what receipts of a registry are made of, at the head that it was
    /// opened at, whatever was published since. `lines` are those of its journal
    /// up to there.
    pub fn prover(
        &mut self,
        registry: &Registry,
        lines: &JournalLines,
        checkpoint: Option<&str>,
    ) -> Result<Prover, ReceiptError> {
        let (root, head) = (registry.root(), &registry.state().head);
        let checkpoint = checkpoint.ok_or_else(|| ReceiptError::Unsigned(root.to_owned()))?;
        // An older head than the last one is verified by itself.
        let mut chains = if head.size < self.0.size() { Chains::default() } else { std::mem::take(&mut self.0) };
        let new = lines.read(chains.size()..head.size)?.unwrap_or_default();
        journal::read_on(&mut chains, &new, &head.origin).map_err(|it| damaged(root, it))?;
        if chains.position().as_ref() != Some(head) {
            return Err(damaged(root, journal::OpenError::OtherHead { index: head.size.saturating_sub(1) }).into());
        }
        let prover = Prover::new(&chains, checkpoint);
        // What did not fit is forgotten: the next look is at every record.
        if self.0.size() < chains.size() {
            self.0 = chains;
        }
        Ok(prover?)
    }
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
