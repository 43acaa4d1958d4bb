//! Whether the database can be written to: what the latest write has shown.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::{Gauge, gauge};

/// Remembers whether the latest write failed because the database takes none: it is read-only, full, or away.
#[derive(Debug)]
pub struct Writability {
    failing: AtomicBool,
    gauge: Gauge,
}

impl Default for Writability {
    fn default() -> Self {
        let gauge = gauge!("chit_chat_db_writable");
        gauge.set(1);
        Self { failing: AtomicBool::default(), gauge }
    }
}

impl Writability {
    /// Returns whether the latest write failed for such a reason.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Records that a write was stored.
    pub fn succeeded(&self) {
        // Each write comes here, so only a change writes to memory that the processors share.
        if self.is_failing() && self.failing.swap(false, Ordering::Relaxed) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
