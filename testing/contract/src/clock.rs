//! A clock that tests set by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chit_chat_domain::clock::{Clock, Timestamp};

/// 2026-01-02T03:04:05.678901Z: no zeros that could hide lost precision.
const START: i64 = 1_767_323_045_678_901;

/// A clock that stands still until a test advances it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Advances the clock and returns the new time.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let micros = i64::try_from(by.as_micros()).unwrap();
        Timestamp::from_micros(self.0.fetch_add(micros, Ordering::SeqCst) + micros)
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
