//! A thread for what is kept for long.
//!
//! The system's allocator gives memory back to the thread that took it, and
//! hardly ever to the system. Editions that are made on whatever thread is free
//! leave room for an edition behind on each; on one thread, the next takes the
//! room of the last.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::thread;

type Work = Box<dyn FnOnce() + Send>;

/// A thread that does one thing after another, until it is dropped.
#[derive(Debug)]
pub(super) struct Keeper(Sender<Work>);

impl Keeper {
    /// Starts the thread.
    pub(super) fn start(name: &str) -> io::Result<Keeper> {
        let (sender, works) = mpsc::channel::<Work>();
        thread::Builder::new().name(name.to_owned()).spawn(move || works.iter().for_each(|work| work()))?;
        Ok(Keeper(sender))
    }

    /// Does something there, and waits for what comes of it; `None` where it
    /// panicked. Not to be called there.
    pub(super) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (done, outcome) = mpsc::sync_channel(1);
        let work = move || {
            // Whoever waits notices that nothing comes.
            if let Ok(it) = catch_unwind(AssertUnwindSafe(work)) {
                let _ = done.send(it);
            }
        };
        self.0.send(Box::new(work)).ok()?;
        outcome.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_does_everything_and_outlives_a_panic() {
        let keeper = Keeper::start("keeper").unwrap();
        let first = keeper.run(|| thread::current().id()).unwrap();
        assert_ne!(first, thread::current().id());
        assert_eq!(keeper.run(move || first == thread::current().id()), Some(true));
        assert_eq!(keeper.run(|| -> u8 { panic!("for the test") }), None);
        assert_eq!(keeper.run(|| thread::current().id()), Some(first));
    }
}
