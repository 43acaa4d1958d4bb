//! Handing over many sends before the first is answered.

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
    pub fn hand_over(&self, instance: &Stores, drafts: Vec<NewMessage>) -> Vec<Pending<Appended>> {
        let as_author = |draft: NewMessage| {
            let guard = Guard::holds(draft.author_id, Role::Member);
            instance.messages.append(draft, guard)
        };
        drafts.into_iter().map(as_author).collect()
    }

    /// Has messages written that wait together, and gives the outcomes in the order of the messages.
    pub fn pile(&self, drafts: Vec<NewMessage>) -> Vec<Appended> {
        let held = self.hold();
        let sends = self.hand_over(&self.store, drafts);
        held.let_go();
        answers(sends).into_iter().map(Result::unwrap).collect()
    }

    /// The message that was stored, if need be after more attempts, as the service makes them: a guard
    /// that was read before somebody else's right shrank may refuse those who still may send.
    pub fn insist(&self, draft: &NewMessage, mut outcome: Appended) -> Message {
        until("whoever may send is not refused", || {
            if outcome == Appended::Refused {
                outcome = self.send(draft.clone());
            }
            outcome != Appended::Refused
        });
        stored(outcome)
    }

    /// The messages in a chatroom's log, which is dense.
    pub fn logged(&self, room: ChatroomId) -> Vec<Message> {
        messages_in(self.log(room))
    }
}

/// The answer, if it is there already; taken, it does not come again.
pub fn answer_now<T>(pending: &mut Pending<T>) -> Option<Result<T, StoreError>> {
    match Pin::new(pending).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// The answer, once it is there. Unlike `wait`, it fails the test when it never comes.
pub fn answer<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
    let mut answer = None;
    until("a send is answered", || {
        answer = answer_now(&mut pending);
        answer.is_some()
    });
    answer.unwrap()
}

/// All the answers, in the order of the sends.
pub fn answers<T>(pending: Vec<Pending<T>>) -> Vec<Result<T, StoreError>> {
    pending.into_iter().map(answer).collect()
}

/// Messages that were stored, all of them, in the order of their sends.
pub fn all_stored(sends: Vec<Pending<Appended>>) -> Vec<Message> {
    answers(sends).into_iter().map(|answer| stored(answer.unwrap())).collect()
}

/// The message that was stored.
pub fn stored(outcome: Appended) -> Message {
    match outcome {
        Appended::Stored(message) => message,
        other => panic!("{other:?}"),
    }
}
