//! The metrics of sends.

use chit_chat_domain::message::Appended;
use chit_chat_domain::store_error::StoreError;
use metrics::{Counter, counter, gauge, histogram};

use super::batcher::BatchMetrics;

pub(crate) fn batch_metrics() -> BatchMetrics {
    BatchMetrics {
        waiting: gauge!("chit_chat_sends_waiting"),
        turned_away: sends("turned_away"),
        duration: histogram!("chit_chat_send_duration_seconds"),
        batches: counter!("chit_chat_send_batches_total"),
    }
}

/// Counters of sends by outcome.
pub(crate) struct Outcomes {
    stored: Counter,
    duplicate: Counter,
    refused: Counter,
    failed: Counter,
}

impl Default for Outcomes {
    fn default() -> Self {
        Self {
            stored: sends("stored"),
            duplicate: sends("duplicate"),
            refused: sends("refused"),
            failed: sends("failed"),
        }
    }
}

impl Outcomes {
    pub(crate) fn count(&self, outcome: &Result<Appended, StoreError>) {
        let counter = match outcome {
            Ok(Appended::Stored(_)) => &self.stored,
            Ok(Appended::Duplicate(..)) => &self.duplicate,
            Ok(Appended::Refused) => &self.refused,
            Err(_) => &self.failed,
        };
        counter.increment(1);
    }
}

fn sends(outcome: &'static str) -> Counter {
    counter!("chit_chat_sends_total", "outcome" => outcome)
}
