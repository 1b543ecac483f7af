//! A copy of a registry that follows it: every record verified, and nothing
//! taken that does not continue what was taken before.

use std::path::{Path, PathBuf};

use crate::canon::{Chains, InvalidRecord, RecordHead, head_from_document};
use crate::journal::{self, RealDisk, SeenError, SeenHeads, bundle_path, keep_signed, signed_checkpoint};
use crate::log::{
    CHECKPOINT_PATH, Checkpoint, LogKey, LogTree, ServedError, ServedLog, Sight, TILE_WIDTH, WatchError, visit,
};
use crate::model::Head;
use crate::registry::open::OpenError;
use crate::registry::publish::{PublishError, Publisher, TakeError, verified};

/// Where the head lies that need not be signed, from the address of a log.
const HEAD: &str = "head";

/// So many bytes of records are taken at once: they are held until the last one
/// shows that they belong to the head, and how many there are is a stranger's
/// word.
const MOST_BYTES: usize = 1 << 30;

/// What following came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mirrored {
    /// How far the mirror is.
    pub head: Head,
    /// How many records it took.
    pub taken: u64,
    /// How far its original is, where that shows less than the mirror has.
    pub behind: Option<u64>,
}

/// Why a mirror did not follow. What it had before it still has.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The original cannot be read.
    #[error(transparent)]
    Served(#[from] ServedError),
    /// What it says of its head cannot be read.
    #[error("`{0}` is not the head of a registry as format v1 has it")]
    Head(&'static str),
    /// Its signed head is not believed.
    #[error(transparent)]
    Watch(WatchError),
    /// It signed two heads that contradict each other. Where the evidence lies.
    #[error("the log signed a head that does not continue what it signed before; the evidence is `{}`", .0.display())]
    Fork(PathBuf),
    /// A record is not the one that continues the mirror.
    #[error("record {index} of the original does not continue this mirror: {source}")]
    Forked {
        /// Its number.
        index: u64,
        /// What does not fit.
        #[source]
        source: InvalidRecord,
    },
    /// The original has as many records as the mirror, and others.
    #[error("the original has another record {0} than this mirror")]
    Other(u64),
    /// The original is another registry.
    #[error("the original is `{found}`, and this is a mirror of `{expected}`")]
    Origin {
        /// Whose mirror it is.
        expected: String,
        /// What is there.
        found: String,
    },
    /// There is more than is taken at once.
    #[error("the original has more than {} MB of records that this mirror has not", MOST_BYTES >> 20)]
    TooMuch,
    /// The records do not make the root that was signed.
    #[error("the records of the original do not make the root that it signed")]
    Root,
    /// The mirror cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The mirror cannot be written.
    #[error(transparent)]
    Publish(PublishError),
    /// What was seen cannot be kept.
    #[error(transparent)]
    Seen(#[from] SeenError),
}

impl From<PublishError> for MirrorError {
    fn from(error: PublishError) -> MirrorError {
        // A mirror that is damaged is another matter than one that is held.
        if let PublishError::Open(error) = error { MirrorError::Open(error) } else { MirrorError::Publish(error) }
    }
}

impl From<std::io::Error> for MirrorError {
    fn from(error: std::io::Error) -> MirrorError {
        MirrorError::Publish(PublishError::Io(error))
    }
}

/// Brings the mirror in a folder up to its original, or makes it. With the key
/// of the log, only what the log signed is taken, and heads that contradict
/// each other are kept as evidence.
pub fn mirror(served: &dyn ServedLog, root: &Path, log: Option<&LogKey>) -> Result<Mirrored, MirrorError> {
    let target = target(served, root, log)?;
    if let Some(head) = is_as_far(&target, root)
        && (log.is_some() || !shows_more_signed(served, root)?)
    {
        return Ok(Mirrored { head, taken: 0, behind: None });
    }
    let publisher = if root.exists() { Some(Publisher::open(root)?) } else { None };
    let chains = publisher.as_ref().map(|it| it.chains().clone()).unwrap_or_default();
    let (found, expected) = (target.origin().to_owned(), chains.origin().map(str::to_owned));
    if let Some(expected) = expected.filter(|it| *it != found) {
        return Err(MirrorError::Origin { expected, found });
    }
    let (known, size) = (chains.size(), target.size());
    if size < known {
        let head = chains.position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
        return Ok(Mirrored { head, taken: 0, behind: Some(size) });
    }
    let lines = lines(served, known, size)?;
    target.check(&chains, &lines)?;
    let publisher = match publisher {
        Some(mut publisher) => {
            take_records(&mut publisher, &lines)?;
            publisher
        }
        None => create(root, &lines, &found)?,
    };
    match &target {
        Target::Signed { note, head } => {
            keep_signed(root, publisher.chains(), note)?;
            SeenHeads::open(&seen_by(root))?.keep(head, note)?;
        }
        Target::Said(_) => keep_what_fits(served, root, publisher.chains())?,
    }
    let head = publisher.chains().position().ok_or_else(|| OpenError::NoWords(root.to_owned()))?;
    Ok(Mirrored { head, taken: size - known, behind: None })
}

/// Puts a mirror aside whose files are damaged, so that another can be made in
/// its place, and returns where it lies. The heads that it saw stay.
pub fn put_aside(root: &Path) -> std::io::Result<PathBuf> {
    let mut number = 1;
    loop {
        let aside = journal::beside(root, &format!("damaged-{number}"));
        if !aside.exists() {
            journal::move_folder(root, &aside)?;
            return Ok(aside);
        }
        number += 1;
    }
}

/// Returns where the signed heads lie that a mirror saw: beside it, and not in
/// it, so that it can be made anew without forgetting them.
fn seen_by(root: &Path) -> PathBuf {
    journal::beside(root, "seen")
}

/// Returns how far the mirror is, if that is as far as its original.
fn is_as_far(target: &Target, root: &Path) -> Option<Head> {
    let head = journal::read_checkpoint(&RealDisk::new(root)).ok()?.checkpoint.head;
    let is_same = match target {
        Target::Said(said) => *said == head,
        // What was signed is compared with what was kept of it.
        Target::Signed { note, .. } => signed_checkpoint(root).ok()?.as_ref() == Some(note),
    };
    (is_same && head.size == target.size()).then_some(head)
}

/// Returns whether an original shows a signed head of more records than the one
/// that its mirror keeps: it may be signed a moment after its last record.
fn shows_more_signed(served: &dyn ServedLog, root: &Path) -> Result<bool, MirrorError> {
    let size = |note: &str| Checkpoint::read_unverified(note).ok().map(|it| it.size);
    let kept = signed_checkpoint(root).ok().flatten().and_then(|it| size(&it));
    let shown = signed_note(served)?.and_then(|it| size(&it));
    Ok(kept < shown)
}

fn signed_note(served: &dyn ServedLog) -> Result<Option<String>, MirrorError> {
    let note = served.read(CHECKPOINT_PATH).map_err(ServedError::from)?;
    Ok(note.and_then(|it| String::from_utf8(it).ok()))
}

/// Keeps the signed head that an original shows, if its root is that of these
/// records. Whether it is believed, whoever has the key says.
fn keep_what_fits(served: &dyn ServedLog, root: &Path, chains: &Chains) -> Result<(), MirrorError> {
    let Some(note) = signed_note(served)? else { return Ok(()) };
    let Ok(head) = Checkpoint::read_unverified(&note) else { return Ok(()) };
    if LogTree::new(chains.log()).root_at(head.size) == Some(head.root) {
        keep_signed(root, chains, &note)?;
    }
    Ok(())
}

/// Fetches the records that an original has and a mirror has not, as far as it
/// says it is.
pub fn records_after(served: &dyn ServedLog, chains: &Chains) -> Result<Vec<Vec<u8>>, MirrorError> {
    let target = Target::Said(said(served)?);
    let lines = lines(served, chains.size(), target.size())?;
    target.check(chains, &lines)?;
    Ok(lines)
}

/// How far a mirror is to come.
enum Target {
    /// As far as was signed.
    Signed { note: String, head: Checkpoint },
    /// As far as is said.
    Said(Head),
}

fn target(served: &dyn ServedLog, root: &Path, log: Option<&LogKey>) -> Result<Target, MirrorError> {
    let Some(log) = log else { return Ok(Target::Said(said(served)?)) };
    let seen = SeenHeads::open(&seen_by(root))?;
    let visit = visit(served, log, &[], &seen.of(log.name())?).map_err(MirrorError::Watch)?;
    let head = visit.head.checkpoint;
    if let Sight::Fork(fork) = &visit.sight {
        return Err(MirrorError::Fork(seen.keep_fork(&head, fork)?));
    }
    Ok(Target::Signed { note: visit.note, head })
}

fn said(served: &dyn ServedLog) -> Result<Head, MirrorError> {
    let bytes = served.read(HEAD).map_err(ServedError::from)?.ok_or(ServedError::Missing(HEAD.to_owned()))?;
    std::str::from_utf8(&bytes).ok().and_then(head_from_document).ok_or(MirrorError::Head(HEAD))
}

impl Target {
    fn origin(&self) -> &str {
        match self {
            Target::Signed { head, .. } => &head.origin,
            Target::Said(head) => &head.origin,
        }
    }

    fn size(&self) -> u64 {
        match self {
            Target::Signed { head, .. } => head.size,
            Target::Said(head) => head.size,
        }
    }

    /// Compares the head with what the records come to, before any is taken.
    fn check(&self, chains: &Chains, lines: &[Vec<u8>]) -> Result<(), MirrorError> {
        let index = chains.size() + lines.len() as u64;
        let forked = |source| MirrorError::Forked { index: index - 1, source };
        let heads = lines.iter().map(|it| RecordHead::of_line(it).map_err(|it| forked(InvalidRecord::Unreadable(it))));
        let heads = heads.collect::<Result<Vec<_>, _>>()?;
        match self {
            Target::Signed { head, .. } => {
                let mut tree = LogTree::new(chains.log());
                heads.iter().for_each(|it| tree.push(it.log_leaf()));
                if tree.root() == head.root { Ok(()) } else { Err(MirrorError::Root) }
            }
            Target::Said(head) => {
                let last = heads.last().map(RecordHead::hash).or_else(|| chains.head());
                if last == Some(head.hash) { Ok(()) } else { Err(MirrorError::Other(index.saturating_sub(1))) }
            }
        }
    }
}

/// Fetches the records from one number up to another.
fn lines(served: &dyn ServedLog, from: u64, to: u64) -> Result<Vec<Vec<u8>>, MirrorError> {
    let wide = TILE_WIDTH as u64;
    let mut lines = Vec::new();
    let mut held = 0;
    let mut index = from;
    while index < to {
        let number = index / wide;
        let width = (to - number * wide).min(wide);
        let bundle = bundle(served, number, width)?;
        held += bundle.len();
        if MOST_BYTES < held {
            return Err(MirrorError::TooMuch);
        }
        let mut found = bundle.split_inclusive(|it| *it == b'\n').filter_map(|it| it.strip_suffix(b"\n"));
        let (passed, wanted) = (index - number * wide, number * wide + width - index);
        let before = lines.len();
        let passed = usize::try_from(passed).unwrap_or(usize::MAX);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        lines.extend(found.by_ref().skip(passed).take(wanted).map(<[u8]>::to_vec));
        if lines.len() - before != wanted {
            return Err(ServedError::Missing(format!("record {}", from + lines.len() as u64)).into());
        }
        index = number * wide + width;
    }
    Ok(lines)
}

/// Fetches a bundle with at least so many records. One that was not full may
/// be gone once it is.
fn bundle(served: &dyn ServedLog, number: u64, width: u64) -> Result<Vec<u8>, MirrorError> {
    let (number, width) = (usize::try_from(number).unwrap_or(usize::MAX), usize::try_from(width).unwrap_or(TILE_WIDTH));
    let read = |width| served.read(&format!("records/{}", bundle_path(number, width))).map_err(ServedError::from);
    let found = match read(width)? {
        None if width < TILE_WIDTH => read(TILE_WIDTH)?,
        found => found,
    };
    Ok(found.ok_or_else(|| ServedError::Missing(format!("records/{}", bundle_path(number, width))))?)
}

/// Appends records to a mirror, and returns how far it is then.
pub fn take_records(publisher: &mut Publisher, lines: &[Vec<u8>]) -> Result<Head, MirrorError> {
    for line in lines {
        let index = publisher.chains().size();
        publisher.take_copy(line).map_err(|error| match error {
            TakeError::Invalid(source) => MirrorError::Forked { index, source },
            TakeError::Publish(error) => error.into(),
            TakeError::Refused(_) => MirrorError::Other(index),
        })?;
    }
    publisher.settle();
    publisher.chains().position().ok_or(MirrorError::Other(0))
}

/// Makes a mirror: it is there whole, or not at all.
fn create(root: &Path, lines: &[Vec<u8>], origin: &str) -> Result<Publisher, MirrorError> {
    let (_, records) = verified(lines).map_err(|(index, source)| MirrorError::Forked { index, source })?;
    Ok(Publisher::create(root, &records, origin)?)
}
