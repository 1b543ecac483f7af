//! The index of the latest state, for those who ask while others publish.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::evaluate::compiled::Index;
use crate::model::State;

/// The index of the latest state. Whoever asks takes the one that is there,
/// and keeps it for as long as the question lasts; the next is made aside and
/// put in its place at once, so that nobody waits for it to be made.
#[derive(Debug)]
pub struct Current {
    index: RwLock<Arc<Index>>,
    /// Held while the next one is made: of two at once, one would be lost.
    advancing: Mutex<()>,
}

impl Current {
    /// Begins with an index.
    pub fn new(index: Index) -> Current {
        Current { index: RwLock::new(Arc::new(index)), advancing: Mutex::new(()) }
    }

    /// Returns the index of the latest state.
    pub fn get(&self) -> Arc<Index> {
        // An index is put there whole: whoever panicked elsewhere left one.
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the index of the state that comes next, looking only at lists
    /// that changed, and puts it in the place of the one before.
    pub fn advance(&self, state: Arc<State>) {
        let _advancing = self.advancing.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Arc::new(self.get().after(state));
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}
