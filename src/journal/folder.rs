//! The journal in a folder: append-only segments, one record a line, and the
//! checkpoint beside them.

use std::io;
use std::path::Path;

use crate::canon::{Chains, InvalidRecord, Record};
use crate::journal::ahead;
use crate::journal::checkpoint::{Checkpoint, Found};
use crate::journal::disk::Disk;
use crate::journal::{AppendError, Journal};
use crate::model::{Hash, Head};

const FOLDER: &str = "journal";
const CHECKPOINT: &str = "checkpoint";

/// A segment is not continued beyond this many bytes.
const SEGMENT_LIMIT: usize = 16 << 20;

/// The journal in a folder, open for writing.
///
/// Its caller holds the registry's lock: two writers at once would not notice
/// each other.
#[derive(Debug)]
pub struct FolderJournal<D> {
    disk: D,
    size: u64,
    /// The last segment, and how long it is.
    segment: String,
    length: usize,
    segment_limit: usize,
    origin: String,
    is_uncertain: bool,
}

/// What opening a journal found.
#[derive(Debug)]
pub struct Opened {
    /// The chains, verified from the first record to the last.
    pub chains: Chains,
    /// What was mended, for people.
    pub mended: Option<String>,
}

/// Why a journal cannot be opened. Nothing was changed that anybody rests on.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no journal.
    #[error("there is no journal here")]
    Missing,
    /// The file that says how far the journal is acknowledged is missing or
    /// cannot be read.
    #[error("the checkpoint is missing or cannot be read")]
    NoCheckpoint,
    /// A record is not what was published.
    #[error("record {index} is altered")]
    Altered {
        /// Its number.
        index: u64,
        /// What does not fit.
        #[source]
        source: InvalidRecord,
    },
    /// Records are gone that were acknowledged.
    #[error("record {found} is missing: {covered} records were acknowledged")]
    Lost {
        /// How many there are.
        found: u64,
        /// How many there were.
        covered: u64,
    },
    /// The journal reads well and is another than the acknowledged one.
    #[error("record {index} is not the one that was acknowledged")]
    OtherHead {
        /// The number of the last acknowledged record.
        index: u64,
    },
    /// The checkpoint is of another registry than the journal.
    #[error("the checkpoint is of `{checkpoint}`, and the journal of `{journal}`")]
    OtherOrigin {
        /// What the checkpoint says.
        checkpoint: String,
        /// What the first record says.
        journal: String,
    },
    /// A segment is named after another record than the one that comes next:
    /// one before it is missing, or it is there twice.
    #[error("`{segment}` does not begin with record {index}, which comes next")]
    Stray {
        /// The segment.
        segment: String,
        /// The record that comes next.
        index: u64,
    },
    /// The disk failed.
    #[error("the journal cannot be read")]
    Io(#[from] io::Error),
    /// Its end or its checkpoint cannot be written. What was read is whole, and
    /// can still be read.
    #[error("the journal can be read and not written")]
    Unwritable(#[source] io::Error),
}

/// Everything in a journal's folder, read and verified.
struct Reading {
    chains: Chains,
    /// The chains as far as they are acknowledged, where there is more.
    acknowledged: Option<Chains>,
    covered: Head,
    /// How many records may have been acknowledged: one more than are covered,
    /// where half of the checkpoint cannot be read.
    most_acknowledged: u64,
    /// The last segment, and the part of it that is whole records.
    segment: String,
    whole: Vec<u8>,
    /// Whether something is left behind the last whole record.
    is_torn: bool,
}

/// Reads and verifies the journal in a folder, as far as it is acknowledged,
/// without changing anything.
///
/// A record behind the checkpoint is passed over even if it is whole: a loss
/// of power may still take it, and nobody must have rested on it. Where half of
/// the checkpoint cannot be read, the other half may be one record behind; that
/// record was durable before anything went over it, and is not passed over.
pub fn read_folder(disk: &impl Disk) -> Result<Chains, OpenError> {
    read(disk).map(|it| it.acknowledged.unwrap_or(it.chains))
}

/// Reads how far the journal in a folder is acknowledged, and nothing else.
/// Where half of that cannot be read, only the journal tells.
pub fn read_checkpoint(disk: &impl Disk) -> Result<Found, OpenError> {
    let Some(bytes) = disk.read(CHECKPOINT)? else {
        let is_journal = !disk.names(FOLDER)?.is_empty();
        return Err(if is_journal { OpenError::NoCheckpoint } else { OpenError::Missing });
    };
    Checkpoint::read(&bytes).ok_or(OpenError::NoCheckpoint)
}

/// Reads the lines of a journal as they stand there.
pub fn read_lines(disk: &impl Disk) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    for name in segments(disk)? {
        let bytes = disk.read(&name)?.unwrap_or_default();
        let whole = bytes.split_inclusive(|it| *it == b'\n').filter_map(|it| it.strip_suffix(b"\n"));
        lines.extend(whole.map(<[u8]>::to_vec));
    }
    Ok(lines)
}

/// Verifies lines that come after those of some chains, and appends them.
/// Where one does not fit, the chains have those before it.
pub fn read_on(chains: &mut Chains, lines: &[u8], origin: &str) -> Result<(), OpenError> {
    let lines: Vec<&[u8]> = lines.split_inclusive(|it| *it == b'\n').collect();
    ahead::each(&lines, origin, |line, ahead| {
        let index = chains.size();
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let taken = ahead.and_then(|it| chains.take(it, text));
        taken.map(drop).map_err(|source| OpenError::Altered { index, source })
    })
}

pub(super) fn segments(disk: &impl Disk) -> io::Result<Vec<String>> {
    let names = disk.names(FOLDER)?.into_iter().filter(|it| Path::new(it).extension().is_some_and(|it| it == "jsonl"));
    Ok(names.map(|it| format!("{FOLDER}/{it}")).collect())
}

fn read(disk: &impl Disk) -> Result<Reading, OpenError> {
    let found = read_checkpoint(disk)?;
    let most_acknowledged = found.most_acknowledged();
    let covered = found.checkpoint.head;
    let chains = Chains::default();
    let (segment, whole) = (String::new(), Vec::new());
    let mut reading =
        Reading { chains, acknowledged: None, covered, most_acknowledged, segment, whole, is_torn: false };
    let names = segments(disk)?;
    for (position, name) in names.iter().enumerate() {
        let index = reading.chains.size();
        if *name != segment_name(index) {
            return Err(OpenError::Stray { segment: name.clone(), index });
        }
        reading.segment.clone_from(name);
        let bytes = disk.read(&reading.segment)?.unwrap_or_default();
        let is_last = position + 1 == names.len();
        reading.read_segment(&bytes, is_last)?;
    }
    let (found, covered) = (reading.chains.size(), reading.covered.size);
    if found < covered {
        return Err(OpenError::Lost { found, covered });
    }
    let (checkpoint, journal) = (&reading.covered.origin, reading.chains.origin().unwrap_or_default());
    if checkpoint != journal {
        return Err(OpenError::OtherOrigin { checkpoint: checkpoint.clone(), journal: journal.to_owned() });
    }
    Ok(reading)
}

impl Reading {
    fn read_segment(&mut self, bytes: &[u8], is_last_segment: bool) -> Result<(), OpenError> {
        self.whole.clear();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
        let (many, mut taken) = (lines.len(), 0);
        let origin = self.covered.origin.clone();
        ahead::each(&lines, &origin, |line, ahead| {
            let index = self.chains.size();
            taken += 1;
            // What readers rest on, if this fits and is more than that.
            let acknowledged = (index == self.most_acknowledged).then(|| self.chains.clone());
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            match ahead.and_then(|it| self.chains.take(it, text)) {
                Ok(hash) => self.took(line, index, hash, acknowledged),
                // The checkpoint does not cover it: nobody was told of it.
                Err(_) if is_last_segment && taken == many && self.covered.size <= index => {
                    self.is_torn = true;
                    Ok(())
                }
                Err(source) => Err(OpenError::Altered { index, source }),
            }
        })
    }

    fn took(&mut self, line: &[u8], index: u64, hash: Hash, before: Option<Chains>) -> Result<(), OpenError> {
        if before.is_some() {
            self.acknowledged = before;
        }
        if index + 1 == self.covered.size && hash != self.covered.hash {
            return Err(OpenError::OtherHead { index });
        }
        self.whole.extend_from_slice(line);
        Ok(())
    }
}

impl<D: Disk> FolderJournal<D> {
    /// Makes a journal in an empty folder from records that were verified,
    /// all at once. The folder is not in use before this returns.
    pub fn create(mut disk: D, records: &[Record], origin: &str) -> io::Result<FolderJournal<D>> {
        let mut journal_bytes = Vec::new();
        for record in records {
            journal_bytes.extend_from_slice(record.line());
            journal_bytes.push(b'\n');
        }
        let segment = segment_name(0);
        disk.append(&segment, &journal_bytes)?;
        disk.sync_file(&segment)?;
        disk.sync_folder(FOLDER)?;
        if let Some(last) = records.last() {
            let head = Head { origin: origin.to_owned(), size: records.len() as u64, hash: last.hash() };
            disk.replace(CHECKPOINT, &Checkpoint { head }.to_file())?;
        }
        let (size, length, origin) = (records.len() as u64, journal_bytes.len(), origin.to_owned());
        Ok(FolderJournal { disk, size, segment, length, segment_limit: SEGMENT_LIMIT, origin, is_uncertain: false })
    }

    /// Opens the journal in a folder for writing: verifies every record, cuts
    /// off a torn end, and acknowledges what the last writer did not get to.
    pub fn open(mut disk: D) -> Result<(FolderJournal<D>, Opened), OpenError> {
        let Reading { chains, covered, most_acknowledged, segment, whole, is_torn, .. } = read(&disk)?;
        let is_half_covered = covered.size < most_acknowledged;
        let (size, hash) = (chains.size(), chains.head().unwrap_or(covered.hash));
        let mut mended = None;
        if is_torn || covered.size < size || is_half_covered {
            // The last writer stopped before the end. Readers may rest on its
            // record from now on, and a sync after one that failed may do
            // nothing: so what was read is written anew.
            disk.replace(&segment, &whole).map_err(OpenError::Unwritable)?;
            mended = Some(match (is_torn, size - covered.size) {
                (true, _) => format!("cut off a torn record after record {}, of which nobody was told", size - 1),
                (false, 0) => "wrote the checkpoint anew, half of which could not be read".to_owned(),
                (false, _) => format!("kept record {}, whose writer stopped before it was acknowledged", size - 1),
            });
        }
        // Whether the last writer's sync of it failed cannot be seen.
        let head = Head { origin: covered.origin.clone(), size, hash };
        disk.replace(CHECKPOINT, &Checkpoint { head }.to_file()).map_err(OpenError::Unwritable)?;
        let (length, origin) = (whole.len(), covered.origin);
        let journal =
            FolderJournal { disk, size, segment, length, segment_limit: SEGMENT_LIMIT, origin, is_uncertain: false };
        Ok((journal, Opened { chains, mended }))
    }

    /// Begins a new segment after this many bytes, and not after the usual
    /// number.
    #[must_use]
    pub fn with_segment_limit(mut self, bytes: usize) -> FolderJournal<D> {
        self.segment_limit = bytes;
        self
    }

    /// Gives the disk back.
    pub fn into_disk(self) -> D {
        self.disk
    }

    fn write(&mut self, record: &Record) -> io::Result<()> {
        let mut line = record.line().to_vec();
        line.push(b'\n');
        if self.segment_limit < self.length + line.len() {
            self.segment = segment_name(record.index());
            self.length = 0;
        }
        // A crash up to here: nothing has happened.
        self.disk.append(&self.segment, &line)?;
        // Here: the record is there whole, torn, or not at all.
        self.disk.sync_file(&self.segment)?;
        // Here: it is there, unless its segment is new and the folder forgets
        // the name.
        if self.length == 0 {
            self.disk.sync_folder(FOLDER)?;
        }
        // Here: it is there, nobody was told, and the next opening finds it.
        let head = Head { origin: self.origin.clone(), size: record.index() + 1, hash: record.hash() };
        let checkpoint = Checkpoint { head };
        self.disk.overwrite(CHECKPOINT, checkpoint.offset(), &checkpoint.block())?;
        // Here: as before, whichever part of it is written.
        self.disk.sync_file(CHECKPOINT)?;
        // Here: it is there, and if it were not, that would be damage.
        self.length += line.len();
        self.size += 1;
        Ok(())
    }
}

impl<D: Disk> Journal for FolderJournal<D> {
    fn size(&self) -> u64 {
        self.size
    }

    fn append(&mut self, record: &Record) -> Result<(), AppendError> {
        if self.is_uncertain {
            return Err(AppendError::Uncertain);
        }
        if record.index() != self.size {
            return Err(AppendError::Elsewhere { expected: self.size, found: record.index() });
        }
        // An error is no rollback: what it means is that nobody knows.
        self.write(record).map_err(|error| {
            self.is_uncertain = true;
            AppendError::Unknown(error)
        })
    }
}

/// Segments are named after their first record.
fn segment_name(first: u64) -> String {
    format!("{FOLDER}/{first:012}.jsonl")
}
