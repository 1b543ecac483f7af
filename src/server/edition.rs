//! The registry at one head, with all that is served of it, and the one that is
//! current.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use axum::http::HeaderValue;
use tokio::sync::watch;

use crate::canon::SecretKey;
use crate::journal::{self, JournalLines, RealDisk, SignError, Verified};
use crate::log::Checkpoint;
use crate::model::Head;
use crate::receipt::Prover;
use crate::registry::{OpenError, Registry, prover_at};
use crate::server::ServeError;
use crate::server::keeper::Keeper;

/// The registry at one head.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) registry: Registry,
    /// The head, in quotes, as caches compare it.
    pub(super) etag: HeaderValue,
    pub(super) lines: JournalLines,
    /// The signed checkpoint: of this head, or of one before.
    pub(super) checkpoint: Option<String>,
    prover: OnceLock<Result<Arc<Prover>, String>>,
}

impl Edition {
    fn open(root: &Path) -> Result<Edition, OpenError> {
        // Before the head: what is signed meanwhile may be of a later one.
        let checkpoint = journal::signed_checkpoint(root).map_err(|it| damaged(root, it))?;
        let registry = Registry::open(root)?;
        // What a question needs is made before the first one comes.
        registry.index();
        let head = registry.state().head.clone();
        let etag = HeaderValue::try_from(format!("\"{}\"", head.hash)).expect("because digits are visible");
        let lines = JournalLines::find(root, head.size).map_err(|it| damaged(root, it))?;
        Ok(Edition { registry, etag, lines, checkpoint, prover: OnceLock::new() })
    }

    /// Returns which registry it is, and how far.
    pub(super) fn head(&self) -> &Head {
        &self.registry.state().head
    }

    /// Returns how many records the signed checkpoint covers.
    pub(super) fn signed_size(&self) -> Option<u64> {
        self.checkpoint.as_ref().and_then(|it| Checkpoint::read_unverified(it).ok()).map(|it| it.size)
    }
}

fn damaged(root: &Path, error: io::Error) -> OpenError {
    OpenError::Damaged { root: root.to_owned(), source: journal::OpenError::Io(error) }
}

/// The edition that is current, of the registry in a folder.
#[derive(Debug)]
pub(super) struct Editions {
    kept: Arc<Kept>,
    /// Makes editions, one after another: of two that were made at once, the
    /// slower could put an older one in the place of a newer.
    keeper: Keeper,
    /// Signs heads, and makes what receipts are made of. The first of either takes
    /// as long as the whole journal takes to verify, and no edition waits for that.
    verifier: Keeper,
}

#[derive(Debug)]
struct Kept {
    root: PathBuf,
    current: RwLock<Arc<Edition>>,
    /// What stands in the way of the next one.
    trouble: Mutex<Option<String>>,
    /// Tells those who listen.
    heads: watch::Sender<Head>,
    /// What was verified of editions before.
    verified: Mutex<Verified>,
}

impl Editions {
    /// Opens the registry in a folder.
    pub(super) fn open(root: &Path) -> Result<Editions, ServeError> {
        let (keeper, verifier) = (Keeper::start("editions")?, Keeper::start("proofs")?);
        let own = root.to_owned();
        let opened = keeper.run(move || Edition::open(&own));
        let current = opened.ok_or_else(|| io::Error::other("the registry could not be opened"))??;
        let heads = watch::Sender::new(current.head().clone());
        let current = RwLock::new(Arc::new(current));
        let (trouble, verified) = (Mutex::default(), Mutex::default());
        let kept = Arc::new(Kept { root: root.to_owned(), current, trouble, heads, verified });
        Ok(Editions { kept, keeper, verifier })
    }

    /// Returns where the registry lies.
    pub(super) fn root(&self) -> &Path {
        &self.kept.root
    }

    /// Returns the edition that is current.
    pub(super) fn current(&self) -> Arc<Edition> {
        self.kept.current()
    }

    /// Returns the head, and each that comes.
    pub(super) fn heads(&self) -> watch::Receiver<Head> {
        self.kept.heads.subscribe()
    }

    /// Returns why the journal's head cannot be served; `None` where it is.
    pub(super) fn trouble(&self) -> Option<String> {
        self.kept.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the folder, and takes up what is new there. Where that cannot
    /// be read, the edition of before stays.
    pub(super) fn refresh(&self) {
        let kept = Arc::clone(&self.kept);
        let looked = self.keeper.run(move || kept.advance());
        let trouble = looked.unwrap_or_else(|| Err("to look for what is new failed".to_owned())).err();
        *self.kept.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Signs the head of the edition that is current, verifying every record the
    /// first time, with a key that signed before.
    pub(super) fn sign(&self, key: SecretKey, key_file: &Path) -> Result<(), SignError> {
        let (kept, key_file) = (Arc::clone(&self.kept), key_file.to_owned());
        let signed = self.verifier.run(move || {
            let edition = kept.current();
            let mut verified = kept.verified.lock().unwrap_or_else(PoisonError::into_inner);
            journal::sign_verified(&kept.root, &mut verified, &edition.lines, edition.head(), &key, &key_file)
        });
        signed.unwrap_or_else(|| Err(io::Error::other("the head could not be signed").into())).map(drop)
    }

    /// Returns what receipts of the edition that is current are made of, verifying
    /// every record the first time.
    pub(super) fn prover(&self) -> Result<Arc<Prover>, String> {
        if let Some(made) = self.current().prover.get() {
            return made.clone();
        }
        let kept = Arc::clone(&self.kept);
        let made = self.verifier.run(move || kept.prove());
        made.unwrap_or_else(|| Err("what receipts are made of could not be made".to_owned()))
    }
}

impl Kept {
    fn current(&self) -> Arc<Edition> {
        // An edition is put there whole: whoever panicked elsewhere left one.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the edition that is current when its turn comes: for one of before,
    /// every record would be verified once more if a later head was signed by now.
    fn prove(&self) -> Result<Arc<Prover>, String> {
        let edition = self.current();
        let made = edition.prover.get_or_init(|| {
            let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
            let made = prover_at(&mut verified, &edition.registry, &edition.lines, edition.checkpoint.as_deref());
            made.map(Arc::new).map_err(|it| it.to_string())
        });
        made.clone()
    }

    fn advance(&self) -> Result<(), String> {
        let found = journal::read_checkpoint(&RealDisk::new(&self.root)).map_err(|it| it.to_string())?;
        let signed = journal::signed_checkpoint(&self.root).map_err(|it| it.to_string())?;
        let current = self.current();
        let head = &found.checkpoint.head;
        if head == current.head() && signed == current.checkpoint {
            return Ok(());
        }
        if head.size < current.head().size || head.origin != current.head().origin {
            let (found, served) = (head.size, current.head().size);
            return Err(format!(
                "the registry has {found} records, and {served} were served: it is another, or went back"
            ));
        }
        let next = Edition::open(&self.root).map_err(|it| it.to_string())?;
        // It may be of a later head than the one that was found.
        let head = next.head().clone();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        // Whoever is told finds it there. A signature alone is no new head.
        let is_new = |told: &mut Head| {
            let is_new = *told != head;
            *told = head;
            is_new
        };
        self.heads.send_if_modified(is_new);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::journal::snapshot;
    use crate::registry::Publisher;

    #[test]
    fn what_is_new_is_taken_up_while_the_journal_is_verified_for_receipts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("registry");
        let unpacked = snapshot::read(&fs::read("snapshots/bundled.jsonl.zst").unwrap()).unwrap();
        let (last, before) = unpacked.records.split_last().unwrap();
        let mut publisher = Publisher::create(&root, before, &unpacked.head.origin).unwrap();
        let editions = Editions::open(&root).unwrap();
        let first = Arc::downgrade(&editions.current());
        let (taken_up, news) = mpsc::channel();
        thread::scope(|scope| {
            let verifying = editions.kept.verified.lock().unwrap();
            let asked = scope.spawn(|| editions.prover().map(drop));
            // Whoever makes a receipt has the edition as well.
            while first.strong_count() < 2 {
                thread::yield_now();
            }
            publisher.take_copy(last.line()).unwrap();
            publisher.settle();
            scope.spawn(|| {
                editions.refresh();
                taken_up.send(editions.current().head().clone())
            });
            // Only ends what would never end.
            let head = news.recv_timeout(Duration::from_mins(1));
            drop(verifying);
            assert_eq!(head, Ok(unpacked.head));
            // Nobody signed it: what is asked is answered all the same.
            assert!(asked.join().unwrap().unwrap_err().contains("has no signed checkpoint"));
        });
    }
}
