//! How much was written since the last checkpoint.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A log of so many writes, at about five pages each, is worth a checkpoint.
const WORTH: usize = 2_000;
/// Writers that are busy write the same pages again and again: each is moved once for all that comes
/// in so long.
const REST: Duration = Duration::from_millis(500);

/// Counts writes since the last checkpoint.
#[derive(Debug, Default)]
pub(crate) struct WriteCounter {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    writes: usize,
    stopped: bool,
}

impl WriteCounter {
    pub(crate) fn note(&self, writes: usize) {
        let mut state = self.lock();
        let before = state.writes;
        state.writes += writes;
        if before < WORTH && state.writes >= WORTH {
            self.changed.notify_one();
        }
    }

    /// Whether there is something worth a checkpoint, now or later; else it is time to stop.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        while state.writes < WORTH && !state.stopped {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.stopped
    }

    /// Waits, unless it is time to stop.
    pub(crate) fn rest(&self) {
        let until_stopped = |state: &mut State| !state.stopped;
        drop(self.changed.wait_timeout_while(self.lock(), REST, until_stopped));
    }

    /// Begins to count again; answers what was counted.
    pub(crate) fn reset(&self) -> usize {
        mem::take(&mut self.lock().writes)
    }

    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
