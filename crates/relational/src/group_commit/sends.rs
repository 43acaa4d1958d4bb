//! Group commit: messages that wait are written together, and each sender hears of their own alone.

use std::sync::Arc;

use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;

use super::batcher::{Batcher, BatcherOptions};
use super::send_metrics::{Outcomes, batch_metrics};
use super::writing::Writing;
use crate::codes;
use crate::commits::Observers;

/// PostgreSQL's time for a batch grows faster than the batch.
const LARGEST_BATCH: usize = 128;
/// More waiting sends than this are turned away.
const CAPACITY: usize = 4_096;

/// A message that waits to be written.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub message: NewMessage,
    pub guard: Guard,
}

impl Waiting {
    /// The number of the least role that the guard asks for, besides what the chatroom is set to.
    pub fn least_role(&self) -> i16 {
        match self.guard.right {
            Right::Role(role) => codes::of_role(role),
            Right::CallAll => codes::of_role(Role::Moderator),
            Right::Speak | Right::Rename | Right::Add => codes::of_role(Role::Member),
        }
    }
}

/// How an engine writes messages.
pub trait WriteMessages: Send + Sync {
    /// Writes messages in one transaction, in their order: all whose guard holds and whose
    /// idempotency key is new, or none. No key stands there twice.
    fn write_together(&self, sends: &[Waiting]) -> Result<Vec<Appended>, StoreError>;

    /// The same, but waits for rooms that are locked for a moment only. Where all rooms have one lock there
    /// is nothing to be told apart.
    fn write_impatiently(&self, sends: &[Waiting]) -> Result<Vec<Appended>, StoreError> {
        self.write_together(sends)
    }

    /// Writes one message.
    fn write_alone(&self, send: &Waiting) -> Result<Appended, StoreError>;
}

/// Takes sends without blocking. Dropped, it writes what it has taken, then stops.
pub struct SendQueue(Batcher<Waiting, Appended, ChatroomId>);

impl SendQueue {
    /// Starts so many writing threads. The messages of one room are never written by two at a time:
    /// they would wait for each other, and come out of order.
    pub fn start(
        writers: u32,
        engine: impl WriteMessages + 'static,
        observers: Arc<Observers>,
    ) -> Result<Self, StoreError> {
        let options =
            BatcherOptions { name: "send", workers: writers, largest_batch: LARGEST_BATCH, capacity: CAPACITY };
        let room_of = |send: &Waiting| send.message.chatroom_id;
        let outcomes = Outcomes::default();
        let writing = Writing::new(engine);
        let work = Arc::new(move |batch: &[Waiting]| {
            let answers = writing.write(batch);
            for answer in &answers {
                outcomes.count(answer);
            }
            observers.notify_of_batch(&answers);
            answers
        });
        Ok(Self(Batcher::start(options, batch_metrics(), room_of, &(work as _))?))
    }

    /// Hands over a message.
    pub fn push(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        self.0.push(Waiting { message, guard })
    }
}
