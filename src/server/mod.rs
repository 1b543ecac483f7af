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
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

pub use guard::Limits;
pub use listen::{ListenError, Listener, Tls, serve};
pub use site::feeds;
pub use witness::witness;

use crate::batch::Crew;
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
    /// Where drafts are taken in; `None` where none are.
    publisher: Option<Mutex<Publisher>>,
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
}

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
        let publisher = if accepts_drafts { Some(Mutex::new(Publisher::open(root)?)) } else { None };
        Ok(Service {
            editions: Editions::open(root)?,
            publisher,
            crew: Crew::new(None)?,
            clock,
            log: None,
            metrics: Metrics::default(),
            limits,
            chronicle: Chronicle::default(),
            listeners: Arc::new(Semaphore::new(changes::LISTENERS)),
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

    /// Looks at the registry's folder, and takes up what is new there. To be
    /// called every now and then.
    pub fn refresh(&self) {
        self.editions.refresh();
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
