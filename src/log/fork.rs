//! The evidence of a fork: two heads that one log signed, of which neither
//! continues the other.
//!
//! Whoever has the log's key checks it, with nothing else at hand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::canon::LogLeaf;
use crate::log::checkpoint::{Checkpoint, InvalidCheckpoint};
use crate::log::key::LogKey;
use crate::log::tree::Consistency;

const FORMAT: &str = "neglist fork v1";

/// Two signed heads that contradict each other, and the proof of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fork {
    /// The head with fewer entries, as it was signed.
    earlier: String,
    /// The head with more, or as many.
    later: String,
    /// The root that the later tree has at the size of the earlier one.
    root: LogLeaf,
    /// That the later tree begins with that root.
    consistency: Consistency,
}

/// Why something is no evidence of a fork.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidFork {
    /// It is not the evidence of a fork as it is written down.
    #[error("it is not the evidence of a fork: {0}")]
    Malformed(String),
    /// One of the heads was not signed by the log.
    #[error("one of its heads is not believed: {0}")]
    Checkpoint(#[from] InvalidCheckpoint),
    /// The heads may belong to one log that only grew.
    #[error("its heads do not contradict each other")]
    NoContradiction,
}

/// How it is written down.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ForkForm {
    format: String,
    earlier: String,
    later: String,
    root: String,
    consistency: Vec<String>,
}

impl Fork {
    /// Puts the evidence together.
    pub(crate) fn new(earlier: &str, later: &str, root: LogLeaf, consistency: Consistency) -> Fork {
        Fork { earlier: earlier.to_owned(), later: later.to_owned(), root, consistency }
    }

    /// Reads the evidence, and checks it with the key of the log. Returns the
    /// two heads, the one with fewer entries first.
    pub fn verify(bytes: &[u8], log: &LogKey) -> Result<(Checkpoint, Checkpoint), InvalidFork> {
        let fork = read(bytes)?;
        let earlier = Checkpoint::read(&fork.earlier, log, &[])?.checkpoint;
        let later = Checkpoint::read(&fork.later, log, &[])?.checkpoint;
        let begins = fork.consistency.holds((earlier.size, fork.root), (later.size, later.root));
        let is_other = earlier.root != fork.root && earlier.size != 0;
        if begins && is_other { Ok((earlier, later)) } else { Err(InvalidFork::NoContradiction) }
    }

    /// Writes it as JSON, with a line break behind it.
    pub fn write(&self) -> String {
        let form = ForkForm {
            format: FORMAT.to_owned(),
            earlier: self.earlier.clone(),
            later: self.later.clone(),
            root: STANDARD.encode(self.root),
            consistency: self.consistency.hashes().map(|it| STANDARD.encode(it)).collect(),
        };
        let text = serde_json::to_string_pretty(&form).expect("because texts can be written");
        format!("{text}\n")
    }

    /// Returns whether a file says that it is the evidence of a fork.
    pub fn is_named_by(bytes: &[u8]) -> bool {
        serde_json::from_slice::<serde_json::Value>(bytes)
            .is_ok_and(|it| it.get("format").and_then(|it| it.as_str()) == Some(FORMAT))
    }
}

fn read(bytes: &[u8]) -> Result<Fork, InvalidFork> {
    let malformed = |what: &str| InvalidFork::Malformed(what.to_owned());
    let form: ForkForm = serde_json::from_slice(bytes).map_err(|it| malformed(&it.to_string()))?;
    if form.format != FORMAT {
        return Err(malformed(&format!("`format` is not `{FORMAT}`")));
    }
    let hash = |text: &String| {
        let bytes = STANDARD.decode(text).ok().and_then(|it| LogLeaf::try_from(it).ok());
        bytes.ok_or_else(|| malformed(&format!("`{text}` is not a hash in base64")))
    };
    let consistency = form.consistency.iter().map(hash).collect::<Result<_, _>>()?;
    let root = hash(&form.root)?;
    Ok(Fork { earlier: form.earlier, later: form.later, root, consistency: Consistency::from_hashes(consistency) })
}
