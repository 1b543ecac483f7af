//! A registry open for writing.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::canon::{BrokenChain, Chains, InvalidRecord, Publication, Record, SecretKey, Statement};
use crate::catalog::{UnknownWord, Words};
use crate::journal::{
    self, AppendError, CopyOf, FolderJournal, Journal, Lock, LockError, RealDisk, SharedError, SharedJournal,
};
use crate::model::{Head, ListId, Revision, State};
use crate::registry::open::{INDEX, LOCK, OpenError, STORE, damaged};
use crate::registry::release::{Release, ReleaseError};
use crate::store::{Caught, Store, StoreError, index};

/// A registry open for writing. Only one process at a time has one.
#[derive(Debug)]
pub struct Publisher {
    root: PathBuf,
    journal: FolderJournal<RealDisk>,
    chains: Chains,
    store: Option<Store>,
    mended: Vec<String>,
    /// The journal that is shared with other writers, of which the one in the
    /// folder is a copy.
    shared: Option<Box<dyn SharedJournal>>,
    /// How many records the journal has and the views have not.
    unsettled: u64,
    /// Held until the publisher is dropped.
    _lock: Lock,
}

/// So many records wait for the store before it takes them in.
const MOST_AT_ONCE: u64 = 1000;

/// Why something was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Another process has the registry open for writing. Nothing was written.
    #[error("the registry at `{}` is held by {holder}", .root.display())]
    Held {
        /// The registry.
        root: PathBuf,
        /// Who holds it, as far as it said.
        holder: String,
    },
    /// The registry cannot be opened. Nothing was written.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It does not fit what stands before it. Nothing was written.
    #[error(transparent)]
    Broken(#[from] BrokenChain),
    /// A revision uses words that the catalog does not have. Nothing was
    /// written.
    #[error("the revision uses words that the catalog does not have")]
    Words(Vec<UnknownWord>),
    /// A release does not follow from the one before it. Nothing was written.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The journal did not acknowledge it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The registry is a copy of a journal that is shared, and was opened
    /// without it. Nothing was written.
    #[error("the registry at `{}` is a copy of the journal at {address}, and is not written without that", .root.display())]
    Copy {
        /// The registry.
        root: PathBuf,
        /// The address of the journal.
        address: String,
    },
    /// The shared journal cannot be used. Nothing was written.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// A record of the shared journal is not the one that continues the copy.
    /// Nothing was taken.
    #[error("record {index} of the shared journal does not continue the copy in `{}`: {source}", .root.display())]
    Diverged {
        /// The registry.
        root: PathBuf,
        /// The number of the record.
        index: u64,
        /// What does not fit.
        #[source]
        source: InvalidRecord,
    },
    /// The shared journal has another record than the registry that was to be
    /// brought there. Nothing was written.
    #[error("the shared journal has another record {index} than the registry at `{}`", .root.display())]
    Other {
        /// The registry.
        root: PathBuf,
        /// The number of the record.
        index: u64,
    },
    /// The shared journal has fewer records than its copy: it was restored from
    /// an older backup, or is another one. Nothing was written.
    #[error("the shared journal has {shared} records, and its copy in `{}` has {copy}", .root.display())]
    Behind {
        /// The registry.
        root: PathBuf,
        /// How many the journal has.
        shared: u64,
        /// How many the copy has.
        copy: u64,
    },
    /// A file could not be read or written.
    #[error("the registry's files cannot be read or written")]
    Io(#[from] io::Error),
}

/// Why a record of somebody else was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It is not the record that comes next, or not signed by those who may.
    #[error("it is not the record that comes next here: {0}")]
    Invalid(#[from] InvalidRecord),
    /// It was not let in.
    #[error("{0}")]
    Refused(String),
    /// It could not be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What compacting came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Compacted {
    /// Which registry, and how far.
    pub head: Head,
    /// How many bytes the store took.
    pub before: u64,
    /// How many it takes now.
    pub after: u64,
}

/// Why a store was not compacted. The journal was not touched, and the store is
/// the one before, or is rebuilt by the next writer.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// There is nothing to view.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error("the store could not be rebuilt")]
    Store(#[from] StoreError),
}

impl Publisher {
    /// Makes a registry from records that were verified, in a folder that does
    /// not exist yet. It is there whole, or not at all.
    pub fn create(root: &Path, records: &[Record], origin: &str) -> Result<Publisher, PublishError> {
        journal::create_whole(root, |folder| {
            FolderJournal::create(RealDisk::new(folder), records, origin).map(|_| ())
        })?;
        Publisher::open(root)
    }

    /// Opens the registry in a folder for writing: takes its lock, verifies
    /// the journal, mends its end, and brings the view up to it.
    pub fn open(root: &Path) -> Result<Publisher, PublishError> {
        if root.is_file() {
            return Err(OpenError::File(root.to_owned()).into());
        }
        // A mistyped path must not leave a lock file behind.
        journal::read_checkpoint(&RealDisk::new(root)).map_err(|it| damaged(root, it))?;
        let lock = lock(root)?;
        let opened = FolderJournal::open(RealDisk::new(root));
        // A full disk is no damage.
        if let Err(journal::OpenError::Unwritable(error)) = opened {
            return Err(error.into());
        }
        let (journal, opened) = opened.map_err(|it| damaged(root, it))?;
        let mut mended: Vec<_> = opened.mended.into_iter().collect();
        let chains = opened.chains;
        let store = match view(root, &chains, &mut mended) {
            Ok(store) => Some(store),
            Err(error) => {
                mended.push(format!("went on without the store: {error}"));
                None
            }
        };
        let root = root.to_owned();
        let publisher = Publisher { root, journal, chains, store, mended, shared: None, unsettled: 0, _lock: lock };
        let root = &publisher.root;
        let is_indexed = |head| index::read(&root.join(INDEX), &head).is_ok();
        if !publisher.chains.position().is_some_and(is_indexed) {
            publisher.write_index();
        }
        Ok(publisher)
    }

    /// Opens the copy of a shared journal for writing, making it if the folder
    /// does not exist. One that exists is as far as it was:
    /// [`Publisher::catch_up`] brings it up to the journal. What is published is
    /// acknowledged by the journal, and then copied.
    pub fn join(root: &Path, mut shared: Box<dyn SharedJournal>) -> Result<Publisher, PublishError> {
        if !root.exists() {
            let size = shared.refresh()?;
            let (chains, records) = verified(&shared.lines(0..size)?).map_err(|it| PublishError::diverged(root, it))?;
            let origin = chains.origin().unwrap_or_default();
            if chains.position().is_none() {
                return Err(OpenError::NoWords(root.to_owned()).into());
            }
            journal::create_whole(root, |folder| {
                FolderJournal::create(RealDisk::new(folder), &records, origin)?;
                CopyOf::new(shared.address()).write(folder)
            })?;
        }
        let mut publisher = Publisher::open(root)?;
        publisher.shared = Some(shared);
        Ok(publisher)
    }

    /// Takes in what others published to the shared journal since, and returns
    /// how many records that were.
    pub fn catch_up(&mut self) -> Result<u64, PublishError> {
        let Some(shared) = &mut self.shared else { return Ok(0) };
        let (size, copy) = (shared.refresh()?, self.chains.size());
        if size < copy {
            return Err(PublishError::Behind { root: self.root.clone(), shared: size, copy });
        }
        // What comes after it says by itself whether it continues the copy.
        if size == copy && shared.hash() != self.chains.head() {
            return Err(PublishError::Other { root: self.root.clone(), index: size.saturating_sub(1) });
        }
        for line in shared.lines(copy..size)? {
            let record = self.chains.read(&line);
            let record = record.map_err(|it| PublishError::diverged(&self.root, (self.chains.size(), it)))?;
            self.keep(record)?;
        }
        self.settle();
        Ok(size - copy)
    }

    /// Returns whether the shared journal is known to have records that the
    /// copy has not.
    pub fn has_news(&self) -> bool {
        self.shared.as_ref().is_some_and(|it| self.chains.size() < it.heard())
    }

    /// Returns what was mended on opening, for people.
    pub fn mended(&self) -> &[String] {
        &self.mended
    }

    /// Returns the chains up to the head.
    pub fn chains(&self) -> &Chains {
        &self.chains
    }

    /// Publishes. When this returns `Ok`, the publication survives any crash.
    /// `recorded` is the time of day, as RFC 3339.
    pub fn publish(&mut self, publication: Publication, recorded: &str) -> Result<Head, PublishError> {
        self.check(&publication)?;
        let record = self.chains.prepare(publication, recorded)?;
        self.acknowledge(record)
    }

    /// Publishes with the signatures of those who may. When this returns `Ok`,
    /// the publication survives any crash.
    pub fn publish_signed(
        &mut self,
        publication: Publication,
        recorded: &str,
        keys: &[SecretKey],
    ) -> Result<Head, PublishError> {
        self.check(&publication)?;
        let sign = |statement: &Statement| keys.iter().map(|it| it.sign(statement)).collect();
        let record = self.chains.prepare_signed(publication, recorded, sign)?;
        self.acknowledge(record)
    }

    /// Takes in a record that somebody else prepared and signed for the place
    /// after the last, if `may` lets it in. It is recorded as taken in now, and
    /// not when they say.
    pub fn take_signed(
        &mut self,
        line: &[u8],
        recorded: &str,
        may: impl FnOnce(&Publication, &Publisher) -> Result<(), String>,
    ) -> Result<Head, TakeError> {
        let prepared = self.chains.read(line)?;
        may(prepared.publication(), self).map_err(TakeError::Refused)?;
        self.check(prepared.publication())?;
        let signatures = prepared.signatures().to_vec();
        let record = self.chains.prepare_signed(prepared.publication().clone(), recorded, |_| signatures);
        Ok(self.acknowledge(record.map_err(PublishError::from)?)?)
    }

    /// Takes in the next record of another home of the same registry, as it
    /// stands there.
    pub fn take_copy(&mut self, line: &[u8]) -> Result<Head, TakeError> {
        let record = self.chains.read(line)?;
        Ok(self.acknowledge(record)?)
    }

    fn acknowledge(&mut self, record: Record) -> Result<Head, PublishError> {
        let origin = self.chains.origin().unwrap_or_default().to_owned();
        let head = Head { origin, size: record.index() + 1, hash: record.hash() };
        // The commit point. What follows can fail without the publication
        // having failed, and must not be reported as if it had.
        match &mut self.shared {
            None => {
                if let Some(CopyOf { address, .. }) = CopyOf::read(&self.root)? {
                    return Err(PublishError::Copy { root: self.root.clone(), address });
                }
                self.keep(record)?;
            }
            Some(shared) => {
                shared.append(&record)?;
                // A copy that fails here is brought up by the next who opens it.
                let _ = self.keep(record);
            }
        }
        Ok(head)
    }

    /// Appends a record to the journal in the folder.
    fn keep(&mut self, record: Record) -> Result<(), PublishError> {
        self.journal.append(&record)?;
        self.unsettled += 1;
        self.chains = std::mem::take(&mut self.chains).append(record);
        if self.unsettled.is_multiple_of(MOST_AT_ONCE) {
            // The store alone: to write the whole index every so often would
            // cost more than everything else, and be stale with the next.
            self.settle_store();
        }
        Ok(())
    }

    /// Returns the state at the head, and lets go of the registry.
    pub fn into_state(self) -> Option<State> {
        self.chains.state()
    }

    /// Writes down the views as far as the journal is: the store, and the
    /// index file for those who read. Not needed for anything to last, and so
    /// not part of publishing; done when the publisher is dropped, too. A
    /// publisher that stays open does it where it has time.
    pub fn settle(&mut self) {
        if self.unsettled == 0 {
            return;
        }
        self.unsettled = 0;
        self.settle_store();
        self.write_index();
    }

    fn settle_store(&mut self) {
        let caught = self.store.as_ref().map(|it| it.catch_up(&self.chains));
        // What fails is made anew from the journal by the next who opens it.
        if caught.is_some_and(|it| it.is_err()) {
            self.store = None;
        }
    }

    /// Builds the store anew from the journal, as small as it can be, and puts
    /// it in the place of the one that grew. The journal is not touched.
    pub fn compact(&mut self) -> Result<Compacted, CompactError> {
        self.settle();
        let head = self.chains.position().ok_or_else(|| OpenError::NoWords(self.root.clone()))?;
        let folder = self.root.join(STORE);
        // It must not be open while it is moved.
        self.store = None;
        let rebuilt = Store::rebuild(&folder, &self.chains);
        // Whatever became of it, what is there now is the store.
        self.store = Store::open(&folder).ok();
        let (before, after) = rebuilt?;
        Ok(Compacted { head, before, after })
    }

    /// Checks what the chain does not: that what is published is understood,
    /// and that what was published still is.
    fn check(&self, publication: &Publication) -> Result<(), PublishError> {
        let release = match publication {
            Publication::Revision(revision) => return self.check_words(revision),
            Publication::Origin(_) | Publication::Authority(_) => return Ok(()),
            Publication::Categories(it) => Release::Categories(it),
            Publication::Facts(it) => Release::Facts(it),
            Publication::Jurisdictions(it) => Release::Places(it),
        };
        // The first releases come before there is anything to follow from.
        if let Some(state) = self.chains.state() {
            release.after(&state)?;
        }
        Ok(())
    }

    fn check_words(&self, revision: &Revision) -> Result<(), PublishError> {
        let (categories, vocabulary, places) = self.chains.words().ok_or(BrokenChain::NoWords)?;
        let mut lists: BTreeSet<ListId> = self.chains.lists().keys().cloned().collect();
        lists.insert(revision.list.clone());
        // A list may be displaced before it is there.
        lists.extend(revision.displaces.iter().cloned());
        let unknown = Words { categories, vocabulary, places, lists: &lists }.unknown(revision);
        if unknown.is_empty() { Ok(()) } else { Err(PublishError::Words(unknown)) }
    }

    /// Writes the index file of the head. Readers fall back to the journal
    /// without it, so a failure is no failure.
    fn write_index(&self) {
        if let Some(state) = self.chains.state() {
            let _ = index::write(&self.root.join(INDEX), &state);
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.settle();
    }
}

/// Verifies all records of a journal, from the first; of one that does not
/// continue, its number and what does not fit.
pub(super) fn verified(lines: &[Vec<u8>]) -> Result<(Chains, Vec<Record>), (u64, InvalidRecord)> {
    let (mut chains, mut records) = (Chains::default(), Vec::new());
    for line in lines {
        let record = chains.read(line).map_err(|source| (chains.size(), source))?;
        records.push(record.clone());
        chains = chains.append(record);
    }
    Ok((chains, records))
}

impl PublishError {
    /// Says that a record of a shared journal does not continue a copy.
    pub(super) fn diverged(root: &Path, (index, source): (u64, InvalidRecord)) -> PublishError {
        PublishError::Diverged { root: root.to_owned(), index, source }
    }
}

fn lock(root: &Path) -> Result<Lock, PublishError> {
    Lock::take(&root.join(LOCK)).map_err(|error| match error {
        LockError::Held(holder) => PublishError::Held { root: root.to_owned(), holder },
        LockError::Io(error) => error.into(),
    })
}

const EMPTY: &str = "was empty or of another version";

/// Opens the view and brings it up to the chains. One that cannot be read, or
/// that views another journal, is rebuilt, and that is said.
fn view(root: &Path, chains: &Chains, mended: &mut Vec<String>) -> Result<Store, StoreError> {
    let folder = root.join(STORE);
    let existed = folder.exists();
    let open = || {
        let store = Store::open(&folder)?;
        let caught = store.catch_up(chains)?;
        Ok((store, caught))
    };
    let (store, said) = match open() {
        Ok((store, Caught::Up)) => (store, None),
        Ok((store, Caught::Other)) => (store, Some("viewed another journal")),
        Ok((store, Caught::Empty)) => (store, Some(EMPTY)),
        Err(StoreError::Held) => return Err(StoreError::Held),
        Err(error) if Store::remove(&folder).is_err() => return Err(error),
        Err(StoreError::Layout) => (open()?.0, Some(EMPTY)),
        Err(StoreError::Unreadable(_) | StoreError::Sled(_) | StoreError::Io(_) | StoreError::Differs) => {
            (open()?.0, Some("could not be read"))
        }
    };
    if let Some(said) = said.filter(|_| existed) {
        mended.push(format!("rebuilt the store, which {said}"));
    }
    // Of a compacting that was stopped.
    let _ = Store::tidy(&folder);
    Ok(store)
}
