//! What the queue of sends tells of itself.

use std::time::Duration;

use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

pub(crate) struct SendMetrics {
    pub(crate) waiting: Gauge,
    pub(crate) turned_away: Counter,
    stored: Counter,
    duplicate: Counter,
    refused: Counter,
    failed: Counter,
    duration: Histogram,
}

impl Default for SendMetrics {
    fn default() -> Self {
        let sends = |outcome: &'static str| counter!("chit_chat_sends_total", "outcome" => outcome);
        Self {
            waiting: gauge!("chit_chat_sends_waiting"),
            turned_away: sends("turned_away"),
            stored: sends("stored"),
            duplicate: sends("duplicate"),
            refused: sends("refused"),
            failed: sends("failed"),
            duration: histogram!("chit_chat_send_duration_seconds"),
        }
    }
}

impl SendMetrics {
    /// Of a send that was taken, and how long its sender waited.
    pub(crate) fn sent(&self, outcome: &Result<Appended, StoreError>, waited: Duration) {
        let counter = match outcome {
            Ok(Appended::Stored(_)) => &self.stored,
            Ok(Appended::Duplicate(..)) => &self.duplicate,
            Ok(Appended::Refused) => &self.refused,
            Err(_) => &self.failed,
        };
        counter.increment(1);
        self.duration.record(waited);
    }
}
