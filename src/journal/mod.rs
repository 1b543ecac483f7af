//! The append-only truth: what is acknowledged here is never lost, and
//! everything else can be rebuilt from it.
//!
//! [`Journal`] is what every home of the records promises; [`FolderJournal`]
//! keeps them in a folder, over a [`Disk`] in which tests inject faults; a
//! [`snapshot`] is the journal in one file; its head can be signed as that of
//! a transparency log, and witnessed.

mod ahead;
mod checkpoint;
mod disk;
#[cfg(feature = "etcd")]
mod etcd;
#[cfg(feature = "etcd")]
mod etcd_address;
#[cfg(feature = "etcd")]
mod etcd_answer;
#[cfg(feature = "etcd")]
mod etcd_connection;
mod folder;
mod home;
mod lines;
mod original;
mod seen;
mod shared;
mod signing;
pub mod snapshot;
mod verified;

use std::io;

pub use checkpoint::{Checkpoint, Found};
pub use disk::{Disk, RealDisk, sync_folder_of};
pub use folder::{FolderJournal, OpenError, Opened, read_checkpoint, read_folder, read_lines, read_on};
pub use home::{Lock, LockError, beside, create_whole, move_folder};
pub use lines::JournalLines;
pub use original::Original;
pub use seen::{CosignError, SeenError, SeenHeads, Witness, file_name};
pub use shared::{CopyOf, SharedError, SharedJournal, is_shared, open_shared};
pub use signing::{
    LogFolder, SignError, bundle_of, bundle_path, keep_checkpoint, keep_signed, log_tree, memory_of, sign_head,
    sign_verified, signed_checkpoint,
};
pub use verified::Verified;

use crate::canon::Record;

/// A home of the records.
///
/// Contract: when [`Journal::append`] returns `Ok`, the record is there after
/// any crash or loss of power that spares the medium. Records are never
/// changed or removed.
pub trait Journal {
    /// Returns how many records are acknowledged.
    fn size(&self) -> u64;

    /// Appends the record after the last.
    fn append(&mut self, record: &Record) -> Result<(), AppendError>;
}

/// Why a record was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The record is for another place than the one after the last: somebody
    /// was first. Nothing was written.
    #[error("the record is for place {found}, and the journal is at {expected}: nothing was written")]
    Elsewhere {
        /// The place after the last record.
        expected: u64,
        /// The place that the record was made for.
        found: u64,
    },
    /// It was turned away, and will be again. Nothing was written.
    #[error("the journal does not take it: {0}")]
    Refused(String),
    /// The record may be in the journal or not. Only opening the journal anew
    /// tells, and until then nothing more is written.
    #[error("the append did not complete, and its outcome is unknown")]
    Unknown(#[source] io::Error),
    /// An earlier append did not complete. Nothing was written.
    #[error("an earlier append did not complete: open the registry anew before writing again")]
    Uncertain,
}
