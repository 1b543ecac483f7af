//! The journal in one file, to carry, mirror and pin.
//!
//! A snapshot is zstd over lines: a first line that says what follows, then
//! the records as they stand in the journal. `zstdcat` shows it.

use std::io::{self, BufRead, BufReader, Read};

use serde::{Deserialize, Serialize};

use crate::canon::{Chains, InvalidRecord, Record, canonical};
use crate::journal::ahead;
use crate::model::Head;

const FORMAT: &str = "neglist snapshot v1";

/// The same level always, since the bytes are compared.
const LEVEL: i32 = 19;

/// A snapshot that unpacks to more than this is refused.
const MOST_BYTES: u64 = 4 << 30;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct HeaderForm {
    format: String,
    head: String,
    origin: String,
    size: u64,
}

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is no snapshot, or it is cut short.
    #[error("it is not a snapshot, or it is cut short")]
    Unreadable(#[source] io::Error),
    /// Its first line is not that of a snapshot.
    #[error("its first line is not that of a `{FORMAT}`")]
    NoHeader,
    /// A record is not what was published.
    #[error("record {index} is altered")]
    Altered {
        /// Its number.
        index: u64,
        /// What does not fit.
        #[source]
        source: InvalidRecord,
    },
    /// It holds something else than its first line says.
    #[error("it holds {found} records, and its first line says {expected}, or another head")]
    OtherHead {
        /// The number of records in it.
        found: u64,
        /// The number in the first line.
        expected: u64,
    },
}

/// What a snapshot holds, verified.
#[derive(Debug)]
pub struct Unpacked {
    /// Which registry, and how far.
    pub head: Head,
    /// The records.
    pub records: Vec<Record>,
    /// The chains that they make.
    pub chains: Chains,
}

/// Writes a snapshot of records that were verified. The same records give the
/// same bytes.
pub fn write(head: &Head, lines: impl IntoIterator<Item = impl AsRef<[u8]>>) -> io::Result<Vec<u8>> {
    let header = HeaderForm {
        format: FORMAT.to_owned(),
        head: head.hash.to_string(),
        origin: head.origin.clone(),
        size: head.size,
    };
    let mut text = canonical(&header);
    text.push(b'\n');
    for line in lines {
        text.extend_from_slice(line.as_ref());
        text.push(b'\n');
    }
    zstd::bulk::compress(&text, LEVEL)
}

/// Returns which registry a snapshot is of, and how far, without reading on.
/// It is a claim until [`read`] has verified it.
pub fn read_head(bytes: &[u8]) -> Result<Head, SnapshotError> {
    let mut reader = BufReader::with_capacity(512, unpack(bytes)?);
    read_header(&read_line(&mut reader)?.unwrap_or_default())
}

/// Reads and verifies a snapshot, record by record.
pub fn read(bytes: &[u8]) -> Result<Unpacked, SnapshotError> {
    let mut reader = BufReader::new(unpack(bytes)?.take(MOST_BYTES));
    let head = read_header(&read_line(&mut reader)?.unwrap_or_default())?;
    let mut lines = Vec::new();
    while let Some(line) = read_line(&mut reader)? {
        lines.push(line);
    }
    let (mut chains, mut records) = (Chains::default(), Vec::new());
    let borrowed: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    ahead::each(&borrowed, &head.origin, |line, ahead| {
        let index = chains.size();
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let record = ahead.and_then(|it| chains.take_and_keep(it, text));
        records.push(record.map_err(|source| SnapshotError::Altered { index, source })?);
        Ok(())
    })?;
    if chains.size() != head.size || chains.head() != Some(head.hash) || chains.origin() != Some(&head.origin) {
        return Err(SnapshotError::OtherHead { found: chains.size(), expected: head.size });
    }
    Ok(Unpacked { head, records, chains })
}

fn unpack(bytes: &[u8]) -> Result<impl Read, SnapshotError> {
    zstd::stream::read::Decoder::new(bytes).map_err(SnapshotError::Unreadable)
}

/// Reads a line with its line break, which is there also where it is the last.
fn read_line(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>, SnapshotError> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line).map_err(SnapshotError::Unreadable)? == 0 {
        return Ok(None);
    }
    let cut_short = || SnapshotError::Unreadable(io::ErrorKind::UnexpectedEof.into());
    if line.ends_with(b"\n") { Ok(Some(line)) } else { Err(cut_short()) }
}

fn read_header(line: &[u8]) -> Result<Head, SnapshotError> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let form: HeaderForm = serde_json::from_slice(line).map_err(|_| SnapshotError::NoHeader)?;
    if form.format != FORMAT || canonical(&form) != line {
        return Err(SnapshotError::NoHeader);
    }
    let hash = form.head.parse().map_err(|_| SnapshotError::NoHeader)?;
    Ok(Head { origin: form.origin, size: form.size, hash })
}
