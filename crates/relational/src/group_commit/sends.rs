//! Group commit of messages: queued messages are written together, and each sender gets its own outcome.

use std::sync::Arc;

use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;

use super::batch_writer::BatchWriter;
use super::batcher::{Batcher, BatcherOptions, Traits};
use super::send_metrics::{Outcomes, batch_metrics};
use super::write_messages::{QueuedSend, WriteMessages};
use crate::commits::Observers;

/// The maximum size of a batch, because PostgreSQL's time for a batch grows faster than the batch.
const LARGEST_BATCH: usize = 128;
/// The maximum number of queued sends; more are rejected.
const CAPACITY: usize = 4_096;
/// The maximum size of their bodies: as much as 4,096 messages of 8 KiB.
const CAPACITY_BYTES: usize = 32 << 20;

/// Accepts sends without blocking. When dropped, it writes the queued messages, then stops.
pub struct SendQueue(Batcher<QueuedSend, Appended, ChatroomId>);

impl SendQueue {
    /// Starts this many writing threads. Messages of one room are never written by two threads at once, because
    /// the threads would wait for each other and change the order.
    pub fn start(
        writers: u32,
        engine: impl WriteMessages + 'static,
        observers: Arc<Observers>,
    ) -> Result<Self, StoreError> {
        let options = BatcherOptions {
            name: "send",
            workers: writers,
            largest_batch: LARGEST_BATCH,
            capacity: CAPACITY,
            capacity_bytes: CAPACITY_BYTES,
        };
        let traits = Traits {
            lane_of: |send: &QueuedSend| send.message.chatroom_id,
            bytes_of: |send| send.message.body.as_str().len(),
        };
        let outcomes = Outcomes::default();
        let writer = BatchWriter::new(engine);
        let work = Arc::new(move |batch: &[QueuedSend]| {
            let answers = writer.write(batch);
            for answer in &answers {
                outcomes.count(answer);
            }
            observers.notify_of_batch(&answers);
            answers
        });
        Ok(Self(Batcher::start(options, batch_metrics(), traits, &(work as _))?))
    }

    /// Queues a message.
    pub fn push(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        self.0.push(QueuedSend { message, guard })
    }
}
