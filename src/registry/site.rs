//! A registry as plain files, which any host serves and any mirror follows.

use std::path::Path;

use crate::canon::{Chains, head_document};
use crate::journal::{self, JournalLines, RealDisk, bundle_path, signed_checkpoint};
use crate::log::{CHECKPOINT_PATH, Checkpoint, LogTree, TILE_WIDTH};
use crate::registry::open::{OpenError, damaged};

/// A file of a site: its path, and what it holds.
pub type SiteFile = (String, Vec<u8>);

/// Returns the files of a registry's log, in the order in which they are to be
/// written: what says how far it is comes last, so that whoever reads in between
/// finds everything that is spoken of. Every record is verified anew.
pub fn log_files(root: &Path) -> Result<(Chains, Vec<SiteFile>), OpenError> {
    let unreadable = |it| damaged(root, journal::OpenError::Io(it));
    let chains = journal::read_folder(&RealDisk::new(root)).map_err(|it| damaged(root, it))?;
    let head = chains.position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    let tree = LogTree::new(chains.log());
    let mut files: Vec<SiteFile> =
        tree.tiles_since(0).into_iter().map(|it| (format!("log/{}", it.path), it.bytes)).collect();
    let lines = JournalLines::find(root, head.size).map_err(unreadable)?;
    let wide = TILE_WIDTH as u64;
    for (number, start) in (0_usize..).zip((0..head.size).step_by(TILE_WIDTH)) {
        let end = head.size.min(start + wide);
        let width = usize::try_from(end - start).unwrap_or(TILE_WIDTH);
        let bytes = lines.read(start..end).map_err(unreadable)?.unwrap_or_default();
        files.push((format!("log/records/{}", bundle_path(number, width)), bytes));
    }
    // A head that was signed and is not this registry's would be refused by
    // whoever follows.
    let signed = signed_checkpoint(root)
        .map_err(unreadable)?
        .filter(|note| Checkpoint::read_unverified(note).is_ok_and(|it| tree.root_at(it.size) == Some(it.root)));
    files.extend(signed.map(|it| (format!("log/{CHECKPOINT_PATH}"), it.into_bytes())));
    files.push(("log/head".to_owned(), head_document(&head).into_bytes()));
    Ok((chains, files))
}
