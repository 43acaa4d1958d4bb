//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use chit_chat_domain::clock::{Clock, Timestamp};

/// The system's clock, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(0).plus(since_epoch)
    }
}
