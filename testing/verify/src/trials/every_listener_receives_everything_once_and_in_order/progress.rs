//! The progress of the trial, which all participants share.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;

/// The progress of the trial.
#[derive(Default)]
pub(super) struct TrialProgress {
    /// Set once writing, leaving and joining are over.
    pub(super) written: AtomicBool,
    /// The heads that all listeners must reach, and the deadline.
    pub(super) heads: OnceLock<(BTreeMap<String, u64>, Instant)>,
    /// Set after an error, to stop all participants.
    pub(super) failed: AtomicBool,
}

impl TrialProgress {
    pub(super) fn note<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            self.failed.store(true, Ordering::SeqCst);
        }
        outcome
    }

    pub(super) fn is_written(&self) -> bool {
        self.written.load(Ordering::SeqCst) || self.has_failed()
    }

    /// Returns whether writing is over, so that listeners only have to catch up.
    pub(super) fn is_over(&self) -> bool {
        self.heads.get().is_some()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }
}

/// The id of a chatroom, from its path.
pub(super) fn id_of(room: &str) -> &str {
    room.rsplit_once('/').map_or(room, |(_, id)| id)
}
