//! A home of the records that several writers share, each with a copy of its
//! own in a folder.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::journal::disk::{Disk, RealDisk};
use crate::journal::{AppendError, Journal};
use crate::model::Hash;

const FILE: &str = "shared.json";
const FORMAT: &str = "neglist shared journal v1";

/// A journal that several writers share.
///
/// Contract beside that of [`Journal`]: of all records that are made for one
/// place, one is acknowledged, whoever appends it; and what one member
/// acknowledged, every other reads from then on.
pub trait SharedJournal: Journal + fmt::Debug + Send {
    /// Returns its address as it was written, with the files that it names.
    fn address(&self) -> &str;

    /// Returns where it lies, and nothing of how to get in.
    fn place(&self) -> &str;

    /// Asks how many records are acknowledged by now.
    fn refresh(&mut self) -> Result<u64, SharedError>;

    /// Returns the hash of its last record, as it was when it was last asked.
    fn hash(&self) -> Option<Hash>;

    /// Returns how many records it is known to have without asking: what was
    /// heard of since.
    fn heard(&self) -> u64;

    /// Reads records by their numbers, each as the line that it is.
    fn lines(&mut self, numbers: Range<u64>) -> Result<Vec<Vec<u8>>, SharedError>;
}

/// Why a shared journal cannot be used. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The address is not understood.
    #[error("`{address}` is not the address of a shared journal: {why}")]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// This program was built without what the address needs.
    #[error("this program was built without etcd")]
    Unsupported,
    /// It cannot be reached, or has no majority.
    #[error("the journal at {address} cannot be reached: {why}")]
    Unreachable {
        /// The address.
        address: String,
        /// What happened.
        why: String,
        /// What can be done about it, where that is known.
        hint: Option<String>,
    },
    /// It was reached, and does not let this program do what it asked. Nothing
    /// was done.
    #[error("the journal at {address} turns this program away: {why}")]
    Denied {
        /// The address.
        address: String,
        /// What is not right.
        why: String,
        /// What would be, where that is known.
        hint: Option<String>,
    },
    /// What lies there was not written by this program.
    #[error("what lies at {address} is no journal of format v1: {why}")]
    Foreign {
        /// The address.
        address: String,
        /// What is wrong.
        why: String,
    },
    /// A file that the address names cannot be read.
    #[error("`{path}` cannot be read")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SharedError {
    /// Returns what happened, why, and what can be done about it, in one line.
    pub fn in_full(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |it| it.source());
        let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        let hint = match self {
            SharedError::Unreachable { hint, .. } | SharedError::Denied { hint, .. } => hint.as_deref(),
            SharedError::Address { .. }
            | SharedError::Unsupported
            | SharedError::Foreign { .. }
            | SharedError::File { .. } => None,
        };
        hint.map_or_else(|| text.clone(), |hint| format!("{text} ({hint})"))
    }
}

/// Opens the shared journal at an address, such as `etcd://one:2379,two:2379`.
pub fn open_shared(address: &str) -> Result<Box<dyn SharedJournal>, SharedError> {
    #[cfg(feature = "etcd")]
    return Ok(Box::new(crate::journal::etcd::EtcdJournal::open(address)?));
    #[cfg(not(feature = "etcd"))]
    {
        let _ = address;
        Err(SharedError::Unsupported)
    }
}

/// Returns whether an address is meant as that of a shared journal.
pub fn is_shared(address: &str) -> bool {
    address.starts_with("etcd://")
}

/// What a folder says that is the copy of a shared journal: publishing goes
/// there, and never into the folder alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    format: String,
    /// The address.
    pub address: String,
}

impl CopyOf {
    /// Names a shared journal.
    pub fn new(address: &str) -> CopyOf {
        CopyOf { format: FORMAT.to_owned(), address: address.to_owned() }
    }

    /// Reads what the registry in a folder is a copy of; `None` where its
    /// journal is its own.
    pub fn read(root: &Path) -> io::Result<Option<CopyOf>> {
        let Some(bytes) = RealDisk::new(root).read(FILE)? else { return Ok(None) };
        let read: CopyOf = serde_json::from_slice(&bytes).map_err(io::Error::other)?;
        if read.format == FORMAT {
            Ok(Some(read))
        } else {
            Err(io::Error::other(format!("`{FILE}` is of another version")))
        }
    }

    /// Writes it down in a folder.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        RealDisk::new(root).replace(FILE, &bytes)
    }
}

impl From<SharedError> for AppendError {
    fn from(error: SharedError) -> AppendError {
        AppendError::Unknown(io::Error::other(error))
    }
}
