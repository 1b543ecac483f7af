//! A journal as far as it was verified.

use std::mem;

use crate::canon::Chains;
use crate::journal::{JournalLines, OpenError, read_on};
use crate::model::Head;

/// The records of a journal as far as they were verified. A journal only grows:
/// what was verified once is not read again.
#[derive(Debug, Default)]
pub struct Verified(Chains);

impl Verified {
    /// Returns the chains at a head, verifying what was not verified before.
    /// `lines` are those of the journal up to there. For an older head than the
    /// last one every record is verified anew.
    pub fn chains(&mut self, lines: &JournalLines, head: &Head) -> Result<&Chains, OpenError> {
        // What does not fit is forgotten: the next look is at every record.
        let known = mem::take(&mut self.0);
        self.0 = grown(if head.size < known.size() { Chains::default() } else { known }, lines, head)?;
        Ok(&self.0)
    }
}

fn grown(mut chains: Chains, lines: &JournalLines, head: &Head) -> Result<Chains, OpenError> {
    let new = lines.read(chains.size()..head.size)?.unwrap_or_default();
    read_on(&mut chains, &new, &head.origin)?;
    if chains.position().as_ref() == Some(head) {
        Ok(chains)
    } else {
        Err(OpenError::OtherHead { index: head.size.saturating_sub(1) })
    }
}
