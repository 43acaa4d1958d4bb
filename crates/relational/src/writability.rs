//! Whether the database can be written to: what the latest write has shown.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use metrics::{Gauge, gauge};

/// The time after which a write that has not ended counts as failed: the disk does not answer.
const STUCK: Duration = Duration::from_secs(10);

/// Remembers whether the latest write failed because the database takes none: it is read-only, full, stuck or away.
#[derive(Debug)]
pub struct Writability {
    failing: AtomicBool,
    gauge: Gauge,
    created: Instant,
    /// The start of the write that is running, in milliseconds since `created`, plus one; 0 while none is.
    writing_since: AtomicU64,
}

impl Default for Writability {
    fn default() -> Self {
        let gauge = gauge!("chit_chat_db_writable");
        gauge.set(1);
        Self {
            failing: AtomicBool::default(),
            gauge,
            created: Instant::now(),
            writing_since: AtomicU64::default(),
        }
    }
}

impl Writability {
    /// Returns whether the latest write failed for such a reason, or has been running for too long.
    pub fn is_failing(&self) -> bool {
        if self.is_stuck_after(self.age()) {
            self.failed(&"a write has been running for more than ten seconds");
        }
        self.failing.load(Ordering::Relaxed)
    }

    /// Notes that the only writer has begun, until the result is dropped.
    pub fn begin(&self) -> Writing<'_> {
        self.writing_since.store(self.age().saturating_add(1), Ordering::Relaxed);
        Writing(self)
    }

    /// Returns whether a write is running at this age that began too long before.
    fn is_stuck_after(&self, age: u64) -> bool {
        let since = self.writing_since.load(Ordering::Relaxed);
        since != 0 && u128::from(age.saturating_sub(since)) > STUCK.as_millis()
    }

    /// The milliseconds since the store was opened.
    fn age(&self) -> u64 {
        u64::try_from(self.created.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Records that a write was stored.
    pub fn succeeded(&self) {
        // Each write comes here, so only a change writes to memory that the processors share.
        if self.failing.load(Ordering::Relaxed) && self.failing.swap(false, Ordering::Relaxed) {
            self.gauge.set(1);
            tracing::info!("the database can be written to again");
        }
    }

    /// Records that a write could not be stored. Logs it once, and not for each request that has to fail.
    pub fn failed(&self, error: &dyn Display) {
        if !self.failing.swap(true, Ordering::Relaxed) {
            self.gauge.set(0);
            tracing::error!(%error, "the database cannot be written to");
        }
    }
}

/// A write that is running.
#[derive(Debug)]
pub struct Writing<'a>(&'a Writability);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.writing_since.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_that_does_not_end_counts_as_failed() {
        let writability = Writability::default();
        assert!(!writability.is_stuck_after(60_000));
        let writing = writability.begin();
        assert!(!writability.is_stuck_after(9_000));
        assert!(writability.is_stuck_after(60_000));
        drop(writing);
        assert!(!writability.is_stuck_after(60_000));
    }

    #[test]
    fn latest_write_counts() {
        let writability = Writability::default();
        assert!(!writability.is_failing());
        writability.failed(&"disk full");
        writability.failed(&"disk full");
        assert!(writability.is_failing());
        writability.succeeded();
        assert!(!writability.is_failing());
    }
}
