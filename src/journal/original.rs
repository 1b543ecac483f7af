//! What a mirror says of itself: whose it is, and when it last saw that.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::journal::disk::{Disk, RealDisk};

const FILE: &str = "mirror.json";
const FORMAT: &str = "neglist mirror v1";

/// The registry that a mirror follows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    format: String,
    /// Its address.
    pub address: String,
    /// The second since 1970 in which its head was last verified.
    pub verified: u64,
}

impl Original {
    /// Names an original whose head was verified in a second since 1970.
    pub fn new(address: &str, verified: u64) -> Original {
        Original { format: FORMAT.to_owned(), address: address.to_owned(), verified }
    }

    /// Reads what the registry in a folder follows; `None` where it is no
    /// mirror.
    pub fn read(root: &Path) -> Option<Original> {
        let bytes = RealDisk::new(root).read(FILE).ok()??;
        serde_json::from_slice(&bytes).ok().filter(|it: &Original| it.format == FORMAT)
    }

    /// Writes it down in a folder.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        RealDisk::new(root).replace(FILE, &bytes)
    }
}
