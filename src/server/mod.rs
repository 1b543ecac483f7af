//! Serving a registry over HTTP: a file a kind of request, and each makes one
//! call to the registry. What is answered is decided elsewhere.
//!
//! Requests are read strictly, limited from the first byte, and answered from
//! the edition that is current when they come. What takes longer than a
//! moment runs on threads that may wait.

mod ask;
mod atom;
mod batch;
mod changes;
mod chronicle;
mod edition;
mod feed;
mod files;
mod guard;
mod keeper;
mod listen;
mod metrics;
mod openapi;
mod page;
mod problem;
mod publish;
mod query;
mod reading;
mod receipts;
mod routes;
mod site;
mod status;
mod witness;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

pub use guard::Limits;
pub use listen::{ListenError, Listener, Tls, serve};
pub use site::feeds;
pub use witness::witness;

use crate::batch::Crew;
use crate::canon::SecretKey;
use crate::journal::{SharedJournal, SignError};
use crate::model::{At, Head};
use crate::registry::{OpenError, PublishError, Publisher};
use crate::server::chronicle::Chronicle;
use crate::server::edition::Editions;
use crate::server::metrics::Metrics;
use crate::server::problem::Problem;

/// Tells the second since 1970.
pub type Clock = fn() -> u64;

/// Writes a line of a log.
pub type Log = fn(&str);

/// What serves a registry.
#[derive(Debug)]
pub struct Service {
    editions: Editions,
    /// Where drafts are taken in, and what a shared journal has is; `None` where
    /// the registry is only read.
    publisher: Option<Mutex<Publisher>>,
    accepts_drafts: bool,
    /// Of a copy of a shared journal.
    following: Option<Following>,
    /// The threads that answer batches.
    crew: Crew,
    clock: Clock,
    log: Option<Log>,
    metrics: Metrics,
    limits: Limits,
    /// What feeds are made of.
    chronicle: Chronicle,
    /// The places for those who listen to what is new.
    listeners: Arc<Semaphore>,
    /// The places for batches.
    batches: Arc<Semaphore>,
}

/// The shared journal that is followed.
#[derive(Debug, Default)]
struct Following {
    address: String,
    /// The second in which it last said how far it is.
    verified: AtomicU64,
    /// The second in which the last answer came, or nobody waited for one any
    /// more.
    asked: AtomicU64,
    /// Why it did not say how far it is, then.
    trouble: Mutex<Option<String>>,
}

impl Following {
    fn note(&self, caught: Result<u64, PublishError>, now: u64) {
        let said = |error: PublishError| {
            if let PublishError::Shared(error) = &error { error.in_full() } else { error.to_string() }
        };
        let trouble = caught.err().map(said);
        if trouble.is_none() {
            self.verified.store(now, Ordering::Relaxed);
        }
        self.asked.store(now, Ordering::Relaxed);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A shared journal is asked how far it is at least every so many seconds, in
/// case that news of it were missed.
const ASKED_EVERY: u64 = 5;

/// Why a registry is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot be opened for reading.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be opened for writing.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// There are no threads, or no sockets.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Service {
    /// Opens the registry in a folder. Where drafts are accepted, it is held for
    /// writing until the service ends.
    pub fn open(root: &Path, accepts_drafts: bool, limits: Limits, clock: Clock) -> Result<Service, ServeError> {
        let publisher = if accepts_drafts { Some(Publisher::open(root)?) } else { None };
        Service::of(root, publisher, None, accepts_drafts, limits, clock)
    }

    /// Opens the copy of a shared journal in a folder, making it if there is
    /// none, and follows the journal. The folder is held for writing until the
    /// service ends.
    pub fn open_shared(
        root: &Path,
        journal: Box<dyn SharedJournal>,
        accepts_drafts: bool,
        limits: Limits,
        clock: Clock,
    ) -> Result<Service, ServeError> {
        // Whoever asks how the server is need not know its user and files.
        let address = journal.place().to_owned();
        let mut publisher = Publisher::join(root, journal)?;
        let following = Following { address, ..Following::default() };
        // One that cannot be reached now may be later, and the copy answers.
        match publisher.catch_up() {
            caught @ (Ok(_) | Err(PublishError::Shared(_))) => following.note(caught, clock()),
            Err(error) => return Err(error.into()),
        }
        Service::of(root, Some(publisher), Some(following), accepts_drafts, limits, clock)
    }

    fn of(
        root: &Path,
        publisher: Option<Publisher>,
        following: Option<Following>,
        accepts_drafts: bool,
        limits: Limits,
        clock: Clock,
    ) -> Result<Service, ServeError> {
        Ok(Service {
            editions: Editions::open(root)?,
            publisher: publisher.map(Mutex::new),
            accepts_drafts,
            following,
            crew: Crew::new(None)?,
            clock,
            log: None,
            metrics: Metrics::default(),
            limits,
            chronicle: Chronicle::default(),
            listeners: Arc::new(Semaphore::new(changes::LISTENERS)),
            batches: Arc::new(Semaphore::new(batch::BATCHES)),
        })
    }

    /// Returns the same service, which writes a line for each request: how it
    /// went, and never what was asked.
    #[must_use]
    pub fn logging(self, log: Log) -> Service {
        Service { log: Some(log), ..self }
    }

    /// Returns what the service answers to.
    pub fn router(self: &Arc<Service>) -> Router {
        guard::guarded(routes::router(), self)
    }

    /// Takes up what is new in the shared journal, if there is one, and in the
    /// registry's folder. To be called every now and then.
    pub fn refresh(&self) {
        self.follow();
        self.editions.refresh();
    }

    /// Signs the head that is served, with a key that signed before. The first time
    /// every record is verified; then those that came since.
    pub fn sign(&self, key: &SecretKey, key_file: &Path) -> Result<(), SignError> {
        self.editions.sign(key.clone(), key_file)
    }

    /// Brings the copy up to its shared journal. One that cannot be reached is
    /// asked again the next time; until then the copy answers.
    fn follow(&self) {
        let Some((following, publisher)) = self.following.as_ref().zip(self.publisher.as_ref()) else { return };
        let mut publisher = publisher.lock().unwrap_or_else(PoisonError::into_inner);
        // Also where the clock went back: it must not wait until that is made up for.
        let is_time = ASKED_EVERY <= (self.clock)().abs_diff(following.asked.load(Ordering::Relaxed));
        if is_time || publisher.has_news() {
            // While nobody answers this takes some seconds, and whoever publishes
            // waits for as long: so the pause begins afterwards.
            following.note(publisher.catch_up(), (self.clock)());
        }
    }

    /// Returns why the shared journal cannot be followed, if there is one and it
    /// cannot: meanwhile the copy answers.
    pub fn trouble(&self) -> Option<String> {
        self.following.as_ref()?.trouble()
    }

    /// Returns how far what is served is.
    pub fn head(&self) -> Head {
        self.editions.current().head().clone()
    }

    fn second(&self) -> i64 {
        i64::try_from((self.clock)()).unwrap_or(i64::MAX)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.second()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn today(&self) -> At {
        At(self.now().to_zoned_datetime(TimeZone::UTC).date())
    }

    /// Does what may take long where nobody else waits for it.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Problem::fault()))
    }
}
