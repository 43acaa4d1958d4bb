//! The system clock, which a test can advance and set back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_system::SystemClock;

/// A clock that is some seconds ahead of the system clock.
#[derive(Default)]
pub(crate) struct ShiftedClock(AtomicU64);

impl ShiftedClock {
    pub(crate) fn set_forward(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Takes back seconds that it was set forward, like the clock of another instance that is right.
    pub(crate) fn set_back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_secs(self.0.load(Ordering::SeqCst)))
    }
}
