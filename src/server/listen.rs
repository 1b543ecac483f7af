//! The socket, the threads, and the end: a signal lets what is asked be
//! answered, and then stops.

use std::future::{Future, Ready, ready};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::{Accept, NoDelayAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};

use crate::server::Limits;
use crate::server::keeper::Keeper;

/// So long the head of a request may take to come.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// So many bytes the head of a request may have.
const HEAD_BYTES: usize = 64 << 10;

/// So long what is asked may take to be answered, after the server was asked to
/// end.
const GRACE: Duration = Duration::from_secs(20);

/// How often something that is to be done again and again is done.
const EVERY: Duration = Duration::from_secs(1);

/// A socket that is taken, and not yet answered on.
#[derive(Debug)]
pub struct Listener(TcpListener);

/// Where certificate and key lie, as PEM.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, with what leads to its root.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Certificate or key cannot be used.
    #[error("certificate or key cannot be used: {0}")]
    Tls(#[source] io::Error),
    /// The socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Listener {
    /// Takes a socket, such as `127.0.0.1:8080`; port 0 is any that is free.
    pub fn take(address: &str) -> io::Result<Listener> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Listener(listener))
    }

    /// Returns the address that was taken.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Answers until the process is asked to end. In the meantime, `again` is done
/// every second, on a thread that may wait.
pub fn serve(
    listener: Listener,
    router: Router,
    tls: Option<&Tls>,
    limits: Limits,
    again: impl Fn() + Clone + Send + 'static,
) -> Result<(), ListenError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let keeper = Keeper::start("again")?;
    let served = runtime.block_on(async {
        tokio::spawn(do_again(keeper, again));
        let handle = Handle::new();
        tokio::spawn(end(asked_to_end()?, handle.clone()));
        let acceptor = Bounded { handle: handle.clone(), most: limits.connections };
        let mut server = axum_server::from_tcp(listener.0)?.handle(handle).first_request_timeout(HEAD_TIME);
        server.http_builder().http1().header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
        let service = router.into_make_service();
        match tls {
            None => server.acceptor(acceptor).serve(service).await?,
            Some(tls) => {
                let config = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(ListenError::Tls)?;
                let acceptor = RustlsAcceptor::new(config).handshake_timeout(HEAD_TIME).acceptor(acceptor);
                server.acceptor(acceptor).serve(service).await?;
            }
        }
        Ok(())
    });
    // What still runs aside is not waited for: it changes nothing.
    runtime.shutdown_background();
    served
}

async fn do_again(keeper: Keeper, again: impl Fn() + Clone + Send + 'static) {
    let keeper = Arc::new(keeper);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (keeper, again) = (Arc::clone(&keeper), again.clone());
        // One that failed is done again a second later.
        let _ = tokio::task::spawn_blocking(move || keeper.run(again)).await;
    }
}

async fn end(asked: impl Future<Output = ()>, handle: Handle<SocketAddr>) {
    asked.await;
    handle.graceful_shutdown(Some(GRACE));
}

/// Takes as many connections as are borne, and closes what comes beyond.
#[derive(Clone, Debug)]
struct Bounded {
    handle: Handle<SocketAddr>,
    most: usize,
}

impl<S> Accept<tokio::net::TcpStream, S> for Bounded {
    type Stream = tokio::net::TcpStream;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: Self::Stream, service: S) -> Self::Future {
        if self.most < self.handle.connection_count() {
            return ready(Err(io::Error::other("too many connections")));
        }
        NoDelayAcceptor::new().accept(stream, service)
    }
}

/// Waits for the signals with which people and systems ask a process to end.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
