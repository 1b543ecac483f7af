//! Reading lines of a journal on all cores, for one that takes them in order.

use std::num::NonZero;
use std::thread::{self, Scope, ScopedJoinHandle};

use crate::canon::{InvalidRecord, ReadAhead};

type Read = Result<ReadAhead, InvalidRecord>;

/// So many lines are read ahead of the one that is taken.
const BATCH: usize = 1024;

/// So few are not worth a thread.
const FEW: usize = 32;

/// Reads lines ahead, with the signatures of a registry, and hands them over in
/// order. A line ends with a line break, or it is none.
pub(crate) fn each<E>(
    lines: &[&[u8]],
    origin: &str,
    mut take: impl FnMut(&[u8], Read) -> Result<(), E>,
) -> Result<(), E> {
    if lines.len() < FEW {
        return lines.iter().try_for_each(|line| take(line, read(line, origin)));
    }
    thread::scope(|scope| {
        let mut batches = lines.chunks(BATCH);
        let mut next = batches.next().map(|batch| (batch, start(scope, batch, origin)));
        while let Some((batch, handles)) = next.take() {
            // The next batch is read while this one is taken.
            next = batches.next().map(|batch| (batch, start(scope, batch, origin)));
            let mut lines = batch.iter();
            for handle in handles {
                let ahead = handle.join().expect("because reading a line does not panic");
                ahead.into_iter().zip(lines.by_ref()).try_for_each(|(it, line)| take(line, it))?;
            }
        }
        Ok(())
    })
}

/// Shares a batch out to all cores.
fn start<'s, 'l>(
    scope: &'s Scope<'s, 'l>,
    batch: &'l [&'l [u8]],
    origin: &'l str,
) -> Vec<ScopedJoinHandle<'s, Vec<Read>>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let shares = batch.chunks(batch.len().div_ceil(cores).max(FEW));
    shares.map(|share| scope.spawn(move || share.iter().map(|it| read(it, origin)).collect())).collect()
}

fn read(line: &[u8], origin: &str) -> Read {
    let line = line.strip_suffix(b"\n").ok_or(InvalidRecord::Altered)?;
    ReadAhead::of(line).map(|it| it.with_signatures(origin))
}
