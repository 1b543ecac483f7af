//! The local view of a journal: rebuildable, and the only module that names
//! sled and bincode.
//!
//! [`Store`] is the queryable view: its values and its position change in one
//! transaction, so that it never holds a record twice or not at all. [`index`]
//! is the state of one head in one file, which readers take without a lock and
//! without opening sled.

mod compact;
pub mod index;
mod view;

pub use view::{Caught, Store, StoreError};

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::canon::{EntryForm, entry_from};
use crate::model::Entry;

/// Bytes that bincode cannot read, or that mean nothing.
#[derive(Debug, thiserror::Error)]
#[error("the value cannot be read: {0}")]
pub struct Unreadable(String);

/// More than this is not read into memory for one value.
const MOST_BYTES: usize = 1 << 30;

fn encode(value: &impl Serialize) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard()).expect("because forms hold plain values only")
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let config = bincode::config::standard().with_limit::<MOST_BYTES>();
    let (value, read) = bincode::serde::decode_from_slice(bytes, config).map_err(|it| Unreadable(it.to_string()))?;
    if read == bytes.len() { Ok(value) } else { Err(Unreadable("there is something behind it".to_owned())) }
}

/// Makes an entry from its form.
fn entry(form: EntryForm) -> Result<Arc<Entry>, Unreadable> {
    entry_from(form).map(Arc::new).map_err(|it| Unreadable(it.to_string()))
}
