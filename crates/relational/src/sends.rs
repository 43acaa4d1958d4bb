//! Group commit: messages that wait are written together, and each sender hears of their own alone.

use std::collections::HashSet;
use std::sync::Arc;

use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;

use crate::batcher::{Batcher, Settings};
use crate::codes;
use crate::send_metrics::{Outcomes, batch_metrics};

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

    /// Writes one message.
    fn write_alone(&self, send: &Waiting) -> Result<Appended, StoreError>;
}

/// Takes sends without blocking. Dropped, it writes what it has taken, then stops.
pub struct SendQueue(Batcher<Waiting, Appended, ChatroomId>);

impl SendQueue {
    /// Starts so many writing threads. The messages of one room are never written by two at a time:
    /// they would wait for each other, and come out of order.
    pub fn start(writers: u32, engine: impl WriteMessages + 'static) -> Result<Self, StoreError> {
        let settings =
            Settings { name: "send", workers: writers, largest_batch: LARGEST_BATCH, capacity: CAPACITY };
        let room_of = |send: &Waiting| send.message.chatroom_id;
        let outcomes = Outcomes::default();
        let work = Arc::new(move |batch: &[Waiting]| {
            let answers = write(&engine, batch);
            for answer in &answers {
                outcomes.count(answer);
            }
            answers
        });
        Ok(Self(Batcher::start(settings, batch_metrics(), room_of, &(work as _))?))
    }

    /// Hands over a message.
    pub fn push(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        self.0.push(Waiting { message, guard })
    }
}

fn write(engine: &impl WriteMessages, batch: &[Waiting]) -> Vec<Result<Appended, StoreError>> {
    let mut answers = Vec::with_capacity(batch.len());
    let mut rest = batch;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(before_a_key_repeats(rest));
        match now {
            [one] => answers.push(engine.write_alone(one)),
            _ => answers.extend(write_many(engine, now)),
        }
        rest = later;
    }
    answers
}

/// What fails together is written apart, so that what is wrong with one does not harm the others;
/// unless the store itself fails, for then each would wait for it in vain.
fn write_many(engine: &impl WriteMessages, sends: &[Waiting]) -> Vec<Result<Appended, StoreError>> {
    match engine.write_together(sends) {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error @ StoreError::Unavailable(_)) => fail_all(sends, &error),
        Err(StoreError::Contention) if are_of_one_room(sends) => fail_all(sends, &StoreError::Contention),
        Err(StoreError::Contention) => write_room_by_room(engine, sends),
        Err(error) => {
            tracing::debug!(%error, sends = sends.len(), "written one by one");
            sends.iter().map(|send| engine.write_alone(send)).collect()
        }
    }
}

/// Somebody keeps one of the rooms locked; the others need not wait for it. What is waited for is
/// waited for once, whatever the number of its messages.
fn write_room_by_room(engine: &impl WriteMessages, sends: &[Waiting]) -> Vec<Result<Appended, StoreError>> {
    let mut places: Vec<usize> = (0..sends.len()).collect();
    // Stable, so that a room's messages keep their order.
    places.sort_by_key(|place| room_of(sends, *place));
    let mut answers: Vec<_> = sends.iter().map(|_| Err(StoreError::Contention)).collect();
    for room in places.chunk_by(|one, next| room_of(sends, *one) == room_of(sends, *next)) {
        let of_room: Vec<Waiting> = room.iter().filter_map(|place| sends.get(*place).cloned()).collect();
        for (place, answer) in room.iter().zip(write_many(engine, &of_room)) {
            if let Some(place) = answers.get_mut(*place) {
                *place = answer;
            }
        }
    }
    answers
}

fn room_of(sends: &[Waiting], place: usize) -> Option<ChatroomId> {
    sends.get(place).map(|send| send.message.chatroom_id)
}

fn are_of_one_room(sends: &[Waiting]) -> bool {
    sends.iter().all(|send| Some(send.message.chatroom_id) == room_of(sends, 0))
}

fn fail_all(sends: &[Waiting], error: &StoreError) -> Vec<Result<Appended, StoreError>> {
    sends.iter().map(|_| Err(error.clone())).collect()
}

/// How many sends come before the first whose key another one of them has: that one has to see the
/// other's message.
fn before_a_key_repeats(sends: &[Waiting]) -> usize {
    let mut keys = HashSet::new();
    let repeats = |send| key(send).is_some_and(|key| !keys.insert(key));
    sends.iter().position(repeats).unwrap_or(sends.len())
}

fn key(Waiting { message, .. }: &Waiting) -> Option<(ChatroomId, UserId, &str)> {
    let idempotency = message.idempotency.as_ref()?;
    Some((message.chatroom_id, message.author_id, idempotency.key.as_str()))
}
