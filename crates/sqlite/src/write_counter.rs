//! The number of writes since the last checkpoint.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The number of writes, at about three pages each, after which a checkpoint is worthwhile.
const MIN_WRITES: usize = 2_000;
/// The pause after a checkpoint. Busy writers write the same pages repeatedly, so the next checkpoint moves each
/// page once for all writes of the pause.
const PAUSE: Duration = Duration::from_millis(500);

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
        if before < MIN_WRITES && state.writes >= MIN_WRITES {
            self.changed.notify_one();
        }
    }

    /// Waits until a checkpoint is worthwhile. Returns false if the thread should stop instead.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        while state.writes < MIN_WRITES && !state.stopped {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.stopped
    }

    /// Pauses, unless the thread should stop.
    pub(crate) fn pause(&self) {
        let until_stopped = |state: &mut State| !state.stopped;
        drop(self.changed.wait_timeout_while(self.lock(), PAUSE, until_stopped));
    }

    /// Resets the counter, and returns its value.
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
