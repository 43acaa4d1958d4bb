//! Queries the heads of chatrooms, and combines queued questions into one query.

use std::sync::Arc;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;
use metrics::{counter, gauge, histogram};

use super::batcher::{BatchMetrics, Batcher, BatcherOptions, Traits};

const OPTIONS: BatcherOptions =
    BatcherOptions { name: "heads", workers: 1, largest_batch: 256, capacity: 4_096, capacity_bytes: 0 };

/// A chatroom and its reader.
pub type HeadRequest = (ChatroomId, UserId);

/// Queries the database, and returns one answer per question, in their order.
pub type Ask = dyn Fn(&[HeadRequest]) -> Result<Vec<Option<Seq>>, StoreError> + Send + Sync;

/// A queue that accepts questions without blocking.
pub struct HeadQueue(Batcher<HeadRequest, Option<Seq>, ()>);

impl HeadQueue {
    /// Starts the thread that queries.
    pub fn start(ask: Box<Ask>) -> Result<Self, StoreError> {
        let work = move |questions: &[HeadRequest]| match ask(questions) {
            Ok(heads) => heads.into_iter().map(Ok).collect(),
            Err(error) => questions.iter().map(|_| Err(error.clone())).collect(),
        };
        let traits = Traits { lane_of: |_: &HeadRequest| (), bytes_of: |_| 0 };
        Ok(Self(Batcher::start(OPTIONS, metrics(), traits, &(Arc::new(work) as _))?))
    }

    /// Adds a question to the queue.
    pub fn push(&self, chatroom: ChatroomId, reader: UserId) -> Pending<Option<Seq>> {
        self.0.push((chatroom, reader))
    }
}

fn metrics() -> BatchMetrics {
    BatchMetrics {
        waiting: gauge!("chit_chat_heads_waiting"),
        turned_away: counter!("chit_chat_heads_turned_away_total"),
        duration: histogram!("chit_chat_head_duration_seconds"),
        batches: counter!("chit_chat_head_batches_total"),
    }
}
