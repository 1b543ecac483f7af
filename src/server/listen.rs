//! The socket, the threads, and the end: a signal lets what is asked be
//! answered, and then stops.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};

use axum::Router;

/// A socket that is taken, and not yet answered on.
#[derive(Debug)]
pub struct Listener(TcpListener);

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

/// Answers until the process is asked to end.
pub fn serve(listener: Listener, router: Router) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener.0)?;
        axum::serve(listener, router).with_graceful_shutdown(asked_to_end()?).await
    })
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
