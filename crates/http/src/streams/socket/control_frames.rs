//! A limit on the control frames and fragments of a WebSocket, which cost the client next to nothing.

use std::time::{Duration, Instant};

use actix_ws::{CloseCode, CloseReason};

use super::reasons::close_reason;

/// The number of pings, pongs and fragments in each period; clients send a ping every few seconds, and few fragments.
const MAX: u32 = 100;
const PERIOD: Duration = Duration::from_secs(10);

/// The control frames and fragments received in the current period.
pub(super) struct ControlFrames {
    since: Instant,
    count: u32,
}

impl ControlFrames {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, count: 0 }
    }

    /// Counts a frame; returns the reason to close the WebSocket if there are too many.
    pub(super) fn count(&mut self, now: Instant) -> Result<(), CloseReason> {
        if now.duration_since(self.since) >= PERIOD {
            *self = Self::new(now);
        }
        self.count += 1;
        let reason = || close_reason(CloseCode::Policy, "too many control frames or fragments");
        if self.count > MAX { Err(reason()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_frames_are_limited_in_each_period() {
        let start = Instant::now();
        let mut frames = ControlFrames::new(start);
        assert!((0..MAX).all(|_| frames.count(start).is_ok()));
        assert!(frames.count(start).is_err());
        assert!(frames.count(start + PERIOD).is_ok());
    }
}
