//! A clock that tests control.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::valid;
use crate::clock::{Clock, Timestamp};

/// The default time of a [`FixedClock`]: 2026-01-01T12:00:00Z, a Thursday.
pub const NOW: Timestamp = Timestamp::from_micros(1_767_268_800_000_000);

/// A clock that stands still until the test moves it.
///
/// ```
/// use std::time::Duration;
///
/// use chit_chat_domain::clock::Clock;
/// use chit_chat_domain::testing::FixedClock;
///
/// let clock = FixedClock::at("2026-01-01T23:59:59Z");
/// assert_eq!(clock.now().hour(), 23);
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(clock.now().hour(), 0);
/// ```
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Creates a clock at this time.
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_micros()))
    }

    /// Creates a clock at a time in RFC 3339, such as `2026-01-01T23:00:00Z`.
    #[track_caller]
    pub fn at(now: &str) -> Self {
        Self::new(valid(now))
    }

    /// Sets the time, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// Moves the time forwards, and returns the new time.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let later = self.now().plus(by);
        self.set(later);
        later
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::new(NOW)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_the_documented_time() {
        assert_eq!(NOW.to_string(), "2026-01-01T12:00:00Z");
        assert_eq!(FixedClock::default().now(), FixedClock::at("2026-01-01T12:00:00Z").now());
    }
}
