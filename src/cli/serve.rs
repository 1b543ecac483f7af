//! `neglist serve`

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;

use crate::canon::SecretKey;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, key_file, selection};
use crate::journal::{CopyOf, SharedJournal, open_shared, signed_checkpoint};
use crate::log::Checkpoint;
use crate::server::{self, Limits, ListenError, Listener, ServeError, Service, Tls};

/// Serve the registry over HTTP: questions, lists, receipts, the log for mirrors, and pages
///
/// Takes up what is published beside it within a second. Nothing that is asked is logged or
/// kept. `/openapi.json` describes the interface. Serves until it is ended (Ctrl-C, SIGTERM), and
/// then answers what was asked before.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 is any that is free
    #[arg(long, default_value = "127.0.0.1:8470", value_name = "ADDRESS")]
    listen: String,
    /// A certificate as PEM, with what leads to its root: serve over TLS
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's private key as PEM
    #[arg(long, requires = "tls_certificate", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Take in signed drafts over HTTP, from those who may publish them. The registry is held for
    /// writing as long as it is served
    #[arg(long)]
    accept_drafts: bool,
    /// Follow the shared journal at this address, such as etcd://one:2379,two:2379, of which the
    /// registry becomes or is a copy
    #[arg(long, value_name = "ADDRESS")]
    journal: Option<String>,
    /// The log's private key: sign every new head
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    /// Write a line of JSON for each request to stderr: time, route, status, duration, and nothing
    /// of what was asked
    #[arg(long)]
    log: bool,
    /// So many requests are answered at once; more are turned away
    #[arg(long, default_value_t = 1024, value_name = "NUMBER")]
    most_requests: usize,
    /// So many connections are open at once; more are closed
    #[arg(long, default_value_t = 4096, value_name = "NUMBER")]
    most_connections: usize,
    /// So many seconds a request may take, but for batches
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    most_seconds: u64,
}

pub(super) fn run(args: &ServeArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let (root, shared) = match &args.journal {
        Some(address) => {
            let root = selection::own_folder(registry, screen)?;
            (root.clone(), Some(shared(&root, address)?))
        }
        None => {
            // Opening it says what was mended, and makes the bundled one on first
            // use.
            drop(selection::open(registry, screen)?);
            let root = selection::signed_folder(registry, screen)?;
            let copy = CopyOf::read(&root)?;
            (root, copy.map(|it| open_shared(&it.address)).transpose()?)
        }
    };
    let signing = args.log_key.as_ref().map(|file| Signing::open(file, screen)).transpose()?;
    let listener = Listener::take(&args.listen)
        .map_err(|it| Failure::input(format!("cannot listen on `{}`: {it}", args.listen)))?;
    let limits = Limits {
        requests: args.most_requests,
        connections: args.most_connections,
        time: Duration::from_secs(args.most_seconds),
        ..Limits::default()
    };
    let tls = args.tls_certificate.clone().zip(args.tls_key.clone());
    let tls = tls.map(|(certificate, key)| Tls { certificate, key });
    let scheme = if tls.is_some() { "https" } else { "http" };
    let here = format!("{scheme}://{}", listener.address()?);
    let clock = screen.surroundings.clock;
    let service = match shared {
        None => Service::open(&root, args.accept_drafts, limits, clock)?,
        Some(journal) => Service::open_shared(&root, journal, args.accept_drafts, limits, clock)?,
    };
    let service = Arc::new(if args.log { service.logging(screen.surroundings.log) } else { service });
    let again = {
        let service = Arc::clone(&service);
        move || {
            service.refresh();
            if let Some(signing) = &signing
                && service.head().size != signed_size(&root)
            {
                signing.sign(&service);
            }
        }
    };
    again();
    if let Some(trouble) = service.trouble() {
        screen.note(&format!("the copy answers, and nothing is published meanwhile: {trouble}"))?;
    }
    screen.note(&format!("listening on {here}"))?;
    server::serve(listener, service.router(), tls.as_ref(), limits, again)?;
    Ok(exit::DONE)
}

/// The log's key, for heads that come while the registry is served.
#[derive(Clone)]
struct Signing {
    key: SecretKey,
    file: PathBuf,
    /// Why the last head was not signed.
    trouble: Arc<Mutex<Option<String>>>,
    say: fn(&str),
}

impl Signing {
    fn open(file: &Path, screen: &mut Screen<'_>) -> Result<Signing, Failure> {
        let key = key_file::read(file, screen)?;
        Ok(Signing { key, file: file.to_owned(), trouble: Arc::default(), say: screen.surroundings.log })
    }

    /// Signs the head. One that cannot be signed is served unsigned: the metrics
    /// say so, and this says why, once.
    fn sign(&self, service: &Service) {
        let trouble = service.sign(&self.key, &self.file).err().map(|it| Failure::from(it).line());
        let mut told = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = trouble.as_ref().filter(|it| told.as_ref() != Some(*it)) {
            (self.say)(&format!("the head is served without a signature: {trouble}"));
        }
        *told = trouble;
    }
}

/// Opens the journal that a folder is to be the copy of. One that is the copy of
/// another, or has a journal of its own, is left as it is.
fn shared(root: &Path, address: &str) -> Result<Box<dyn SharedJournal>, Failure> {
    if root.exists() && CopyOf::read(root)?.is_none_or(|it| it.address != address) {
        return Err(Failure::input(format!(
            "the registry at `{}` is no copy of the journal at {address}",
            root.display()
        ))
        .hint("`neglist journal copy` brings a registry there; a new folder becomes a copy of what is there"));
    }
    Ok(open_shared(address)?)
}

fn signed_size(root: &Path) -> u64 {
    let note = signed_checkpoint(root).ok().flatten();
    note.and_then(|it| Checkpoint::read_unverified(&it).ok()).map_or(0, |it| it.size)
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Failure {
        match error {
            ServeError::Open(error) => error.into(),
            ServeError::Publish(error) => error.into(),
            ServeError::Io(error) => error.into(),
        }
    }
}

impl From<ListenError> for Failure {
    fn from(error: ListenError) -> Failure {
        match error {
            ListenError::Tls(_) => {
                Failure::input(error.to_string()).hint("both are files in PEM, as certbot makes them")
            }
            ListenError::Io(error) => error.into(),
        }
    }
}
