//! The minimum speed of clients, which keeps one that reads a byte now and then from holding a response for long.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// So many bytes in each period.
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    pub bytes: usize,
    pub period: Duration,
}

/// The speed at which a client reads. It costs no timer: the task that checks all connections asks.
pub(super) struct Pace {
    written: Cell<usize>,
    /// True while the client has to read before more can be written.
    is_waiting: Cell<bool>,
    /// The start of the current period, and the bytes written before it.
    period: Cell<Option<(Instant, usize)>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { written: Cell::new(0), is_waiting: Cell::new(false), period: Cell::new(None) }
    }

    pub(super) fn wrote(&self, count: usize) {
        self.written.set(self.written.get().wrapping_add(count));
    }

    pub(super) fn waits(&self) {
        self.is_waiting.set(true);
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.is_waiting.get()
    }

    /// Everything was written.
    pub(super) fn finished(&self) {
        self.is_waiting.set(false);
    }

    /// Returns whether a period has ended in which the client took too little.
    pub(super) fn is_too_slow(&self, now: Instant, slowest: Speed) -> bool {
        let (period, written) = (self.period.take(), self.written.get());
        if !self.is_waiting.get() {
            return false;
        }
        let (since, before) = period.unwrap_or((now, written));
        let is_over = now.saturating_duration_since(since) >= slowest.period;
        self.period.set(Some(if is_over { (now, written) } else { (since, before) }));
        is_over && written.wrapping_sub(before) < slowest.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOWEST: Speed = Speed { bytes: 100, period: Duration::from_secs(15) };

    #[test]
    fn each_period_has_its_minimum() {
        let (pace, start) = (Pace::new(), Instant::now());
        let check = |seconds| pace.is_too_slow(start + Duration::from_secs(seconds), SLOWEST);
        pace.waits();
        assert!(!check(0));
        pace.wrote(100);
        assert!(!check(14));
        assert!(!check(15));
        pace.wrote(99);
        assert!(!check(29));
        assert!(check(30));
    }

    #[test]
    fn time_without_anything_to_write_does_not_count() {
        let (pace, start) = (Pace::new(), Instant::now());
        let check = |seconds| pace.is_too_slow(start + Duration::from_secs(seconds), SLOWEST);
        pace.waits();
        assert!(!check(0));
        pace.finished();
        assert!(!check(14));
        pace.waits();
        assert!(!check(15));
        assert!(!check(29));
        assert!(check(30));
    }
}
