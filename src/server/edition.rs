//! The registry at one head, with all that is served of it, and the one that is
//! current.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use axum::http::HeaderValue;
use tokio::sync::watch;

use crate::journal::{self, JournalLines, RealDisk};
use crate::log::Checkpoint;
use crate::model::Head;
use crate::receipt::Prover;
use crate::registry::{OpenError, ReceiptError, Registry, prover};

/// The registry at one head.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) registry: Registry,
    /// The head, in quotes, as caches compare it.
    pub(super) etag: HeaderValue,
    pub(super) lines: JournalLines,
    /// The signed checkpoint, if it is of this head.
    pub(super) checkpoint: Option<String>,
    prover: OnceLock<Result<Prover, String>>,
}

impl Edition {
    fn open(root: &Path) -> Result<Edition, OpenError> {
        let registry = Registry::open(root)?;
        // What a question needs is made before the first one comes.
        registry.index();
        let head = registry.state().head.clone();
        let etag = HeaderValue::try_from(format!("\"{}\"", head.hash)).expect("because digits are visible");
        let lines = JournalLines::find(root, head.size).map_err(|it| damaged(root, it))?;
        let checkpoint = journal::signed_checkpoint(root).map_err(|it| damaged(root, it))?;
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

    /// Returns what receipts are made of, verifying every record the first
    /// time.
    pub(super) fn prover(&self) -> Result<&Prover, String> {
        let made = self.prover.get_or_init(|| prover(self.registry.root()).map_err(|it: ReceiptError| it.to_string()));
        made.as_ref().map_err(Clone::clone)
    }
}

fn damaged(root: &Path, error: io::Error) -> OpenError {
    OpenError::Damaged { root: root.to_owned(), source: journal::OpenError::Io(error) }
}

/// The edition that is current, of the registry in a folder.
#[derive(Debug)]
pub(super) struct Editions {
    root: PathBuf,
    current: RwLock<Arc<Edition>>,
    /// What stands in the way of the next one.
    trouble: Mutex<Option<String>>,
    /// Tells those who listen.
    heads: watch::Sender<Head>,
}

impl Editions {
    /// Opens the registry in a folder.
    pub(super) fn open(root: &Path) -> Result<Editions, OpenError> {
        let current = Edition::open(root)?;
        let heads = watch::Sender::new(current.head().clone());
        let current = RwLock::new(Arc::new(current));
        Ok(Editions { root: root.to_owned(), current, trouble: Mutex::new(None), heads })
    }

    /// Returns where the registry lies.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the edition that is current.
    pub(super) fn current(&self) -> Arc<Edition> {
        // An edition is put there whole: whoever panicked elsewhere left one.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the head, and each that comes.
    pub(super) fn heads(&self) -> watch::Receiver<Head> {
        self.heads.subscribe()
    }

    /// Returns why the journal's head cannot be served; `None` where it is.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the folder, and takes up what is new there. Where that cannot
    /// be read, the edition of before stays.
    pub(super) fn refresh(&self) {
        let trouble = self.advance().err();
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
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
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        // Whoever is told finds it there. A signature alone is no new head.
        let is_new = |told: &mut Head| {
            let is_new = *told != found.checkpoint.head;
            told.clone_from(&found.checkpoint.head);
            is_new
        };
        self.heads.send_if_modified(is_new);
        Ok(())
    }
}
