//! `POST /v1/batch`: questions by the million, in and out as a stream.
//!
//! The body is read as fast as answers are taken, and no faster: what is held
//! does not grow with the batch.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State as Shared;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

use crate::batch::{Answering, Chunks, Detail, Kind, Lines, answer_all};
use crate::server::Service;
use crate::server::problem::Problem;
use crate::server::query::Query;

/// So many pieces of a body wait to be read, or to be taken.
const WAITING: usize = 4;

/// How many bytes are answered at a time.
const CHUNK: usize = 1 << 18;

/// So many batches are answered at once; more are turned away. Each holds a
/// thread for as long as it goes on, and without these threads nothing else is
/// answered that may take long.
pub(super) const BATCHES: usize = 64;

/// `POST /v1/batch`
pub(super) async fn post(Shared(service): Shared<Arc<Service>>, uri: Uri, body: Body) -> Result<Response, Problem> {
    let query = Query::read(&uri, &["verdict_only"])?.filled()?;
    let detail = if query.flag("verdict_only")? { Detail::Brief } else { Detail::Full };
    let place = Arc::clone(&service.batches).try_acquire_owned().map_err(|_| Problem::busy())?;
    let (questions, incoming) = mpsc::channel(WAITING);
    let (answers, outgoing) = mpsc::channel(WAITING);
    // Whoever neither sends nor takes for so long has gone, or means to stay.
    let silence = service.limits.time;
    tokio::spawn(forward(body, questions, silence));
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let edition = service.editions.current();
        let lines = Lines::new(Answering::new(&edition.registry), detail);
        let mut chunks = Chunks::new(Incoming { incoming, rest: Bytes::new() }, Kind::Line, CHUNK);
        let mut out = Outgoing { answers, runtime, silence };
        if let Err(error) = answer_all(&mut chunks, 0, &lines, &service.crew, &|| {}, &mut out) {
            // Whoever listens is told in the place of the next answer. If nobody
            // does, that was why.
            let last = format!("{}\n", json!({"id": null, "error": {"line": null, "message": error.to_string()}}));
            let _ = out.write_all(last.as_bytes());
        }
    });
    let stream = ReceiverStream::new(outgoing).map(Ok::<_, io::Error>);
    Ok((
        [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")],
        Body::from_stream(stream),
    )
        .into_response())
}

/// Hands a body over, piece by piece, to a thread that may wait.
async fn forward(body: Body, questions: Sender<io::Result<Bytes>>, silence: Duration) {
    let mut stream = body.into_data_stream();
    loop {
        let piece = match timeout(silence, stream.next()).await {
            Ok(None) => return,
            Ok(Some(piece)) => piece.map_err(io::Error::other),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no more questions came for {} seconds", silence.as_secs()),
            )),
        };
        let is_end = piece.is_err();
        if questions.send(piece).await.is_err() || is_end {
            return;
        }
    }
}

/// A body as something to read.
struct Incoming {
    incoming: Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            let Some(piece) = self.incoming.blocking_recv() else { return Ok(0) };
            self.rest = piece?;
        }
        let taken = self.rest.split_to(buffer.len().min(self.rest.len()));
        buffer.iter_mut().zip(&taken).for_each(|(to, from)| *to = *from);
        Ok(taken.len())
    }
}

/// A body as something to write to.
struct Outgoing {
    answers: Sender<Bytes>,
    runtime: Handle,
    silence: Duration,
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            let sent = self.answers.send(Bytes::copy_from_slice(bytes));
            let sent = self.runtime.block_on(timeout(self.silence, sent)).map_err(|_| io::ErrorKind::TimedOut)?;
            sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
