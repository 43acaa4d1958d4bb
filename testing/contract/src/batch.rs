//! Hands over many sends before the first is answered.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::pending::Pending;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;

use crate::{World, messages_in, until};

impl World {
    /// Hands messages over to one instance, as their authors, without waiting.
    pub fn queue_sends(&self, instance: &Stores, drafts: Vec<NewMessage>) -> Vec<Pending<Appended>> {
        let as_author = |draft: NewMessage| {
            let guard = Guard::holds(draft.author_id, Role::Member);
            instance.messages.append(draft, guard)
        };
        drafts.into_iter().map(as_author).collect()
    }

    /// Sends messages so that they are written as one batch; returns the outcomes in the order of the drafts.
    pub fn send_batch(&self, drafts: Vec<NewMessage>) -> Vec<Appended> {
        let held = self.block_writes();
        let sends = self.queue_sends(&self.store, drafts);
        held.release();
        answers(sends).into_iter().map(Result::unwrap).collect()
    }

    /// Returns the stored message, retrying as the service does: a guard that was read before another user's
    /// access shrank may refuse an author who may still send.
    pub fn retry_until_stored(&self, draft: &NewMessage, mut outcome: Appended) -> Message {
        until("a send by a member is accepted", || {
            if outcome == Appended::Refused {
                outcome = self.send(draft.clone());
            }
            outcome != Appended::Refused
        });
        stored(outcome)
    }

    /// The messages in a chatroom's log. Fails unless the log is dense.
    pub fn logged(&self, room: ChatroomId) -> Vec<Message> {
        messages_in(self.log(room))
    }
}

/// Takes the answer if it is available; a second call returns `None`.
pub fn try_answer<T>(pending: &mut Pending<T>) -> Option<Result<T, StoreError>> {
    match Pin::new(pending).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// Waits for the answer. Unlike `wait`, it fails the test if none arrives.
pub fn answer<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
    let mut answer = None;
    until("a send is answered", || {
        answer = try_answer(&mut pending);
        answer.is_some()
    });
    answer.unwrap()
}

/// Waits for all answers, in the order of the sends.
pub fn answers<T>(pending: Vec<Pending<T>>) -> Vec<Result<T, StoreError>> {
    pending.into_iter().map(answer).collect()
}

/// Waits until all messages are stored, and returns them in the order of their sends.
pub fn all_stored(sends: Vec<Pending<Appended>>) -> Vec<Message> {
    answers(sends).into_iter().map(|answer| stored(answer.unwrap())).collect()
}

/// The stored message. Fails on any other outcome.
pub fn stored(outcome: Appended) -> Message {
    match outcome {
        Appended::Stored(message) => message,
        other => panic!("{other:?}"),
    }
}
