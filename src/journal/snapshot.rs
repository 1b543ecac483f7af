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

/// A record that is longer is refused: four times what a draft may have that is
/// sent over HTTP.
const MOST_LINE: u64 = 256 << 20;

/// The first line names a registry, and says little else.
const MOST_HEADER: u64 = 64 << 10;

/// A snapshot that has to be unpacked in a larger window than this, as a power of
/// two, is refused: what is written here needs 2^23 bytes, and whoever reads
/// needs as much memory as it says.
const MOST_WINDOW: u32 = 25;

/// So many lines, or so many bytes of them, are verified at a time: what does not
/// continue what stands before it is found before more is unpacked.
const BATCH: (usize, usize) = (8 * 1024, 32 << 20);

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
    /// It unpacks to more than a snapshot may.
    #[error("it unpacks to more than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    /// A line in it is longer than a record may be.
    #[error("line {line} of it is longer than {} MB", MOST_LINE >> 20)]
    TooLong {
        /// Its number, from 1, the first line of the snapshot.
        line: u64,
    },
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
    first_line(&mut reader)
}

/// Reads and verifies a snapshot, record by record.
pub fn read(bytes: &[u8]) -> Result<Unpacked, SnapshotError> {
    let mut reader = BufReader::new(unpack(bytes)?.take(MOST_BYTES + 1));
    let head = first_line(&mut reader)?;
    let (mut chains, mut records) = (Chains::default(), Vec::new());
    loop {
        let lines = batch(&mut reader, chains.size());
        if reader.get_ref().limit() == 0 {
            return Err(SnapshotError::TooLarge);
        }
        let lines = lines?;
        let borrowed: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        ahead::each(&borrowed, &head.origin, |line, ahead| {
            let index = chains.size();
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let record = ahead.and_then(|it| chains.take_and_keep(it, text));
            records.push(record.map_err(|source| SnapshotError::Altered { index, source })?);
            Ok(())
        })?;
        if lines.is_empty() {
            break;
        }
    }
    if chains.size() != head.size || chains.head() != Some(head.hash) || chains.origin() != Some(&head.origin) {
        return Err(SnapshotError::OtherHead { found: chains.size(), expected: head.size });
    }
    Ok(Unpacked { head, records, chains })
}

fn unpack(bytes: &[u8]) -> Result<impl Read, SnapshotError> {
    let mut decoder = zstd::stream::read::Decoder::new(bytes).map_err(SnapshotError::Unreadable)?;
    decoder.window_log_max(MOST_WINDOW).map_err(SnapshotError::Unreadable)?;
    Ok(decoder)
}

fn first_line(reader: &mut impl BufRead) -> Result<Head, SnapshotError> {
    let line = match read_line(reader, MOST_HEADER)? {
        Line::Whole(line) => line,
        Line::TooLong => return Err(SnapshotError::NoHeader),
        Line::None => Vec::new(),
    };
    read_header(&line)
}

/// Reads the next lines, of which none is left at the end; `records` were read
/// before.
fn batch(reader: &mut impl BufRead, records: u64) -> Result<Vec<Vec<u8>>, SnapshotError> {
    let (most_lines, most_bytes) = BATCH;
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while lines.len() < most_lines && bytes < most_bytes {
        match read_line(reader, MOST_LINE)? {
            Line::Whole(line) => {
                bytes += line.len();
                lines.push(line);
            }
            Line::TooLong => return Err(SnapshotError::TooLong { line: records + lines.len() as u64 + 2 }),
            Line::None => break,
        }
    }
    Ok(lines)
}

/// What was read as a line.
enum Line {
    Whole(Vec<u8>),
    /// There are more bytes than a line may have.
    TooLong,
    /// Nothing was left.
    None,
}

/// Reads a line with its line break, which is there also where it is the last.
fn read_line(reader: &mut impl BufRead, most: u64) -> Result<Line, SnapshotError> {
    let mut line = Vec::new();
    let read = reader.take(most).read_until(b'\n', &mut line).map_err(SnapshotError::Unreadable)?;
    let cut_short = || SnapshotError::Unreadable(io::ErrorKind::UnexpectedEof.into());
    if read == 0 {
        Ok(Line::None)
    } else if line.ends_with(b"\n") {
        Ok(Line::Whole(line))
    } else if read as u64 == most {
        Ok(Line::TooLong)
    } else {
        Err(cut_short())
    }
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
