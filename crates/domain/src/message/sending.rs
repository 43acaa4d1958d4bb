//! Sends messages without waiting for the store.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::{Appended, Message, NewMessage};
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::pending::Pending;
use crate::store_error::StoreError;

/// A message that is being sent.
///
/// A plain message is passed to the store at once. For a reply, or a message that may mention users, the
/// references have to be read first.
///
/// Async callers await it; threads call [`wait`](Self::wait).
#[must_use = "the answer says whether the message was sent"]
#[derive(Debug)]
pub struct Sending(State);

#[derive(Debug)]
enum State {
    WithStore(NewMessage, Pending<Appended>),
    Undecided(NewMessage),
    Answered,
}

/// The outcome of the part of a send that reads nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Sent(Sent),
    /// Data has to be read: the message was not passed to the store, or the store refused it for a reason still
    /// unknown. [`MessageService::finish_send`] reads the data and sends the message if allowed.
    ///
    /// [`MessageService::finish_send`]: super::MessageService::finish_send
    Undecided(NewMessage),
}

/// A message, and whether this request or an earlier one with the same key stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message in its current state.
    pub message: Message,
    /// True if an earlier request stored it.
    pub replayed: bool,
}

impl Sending {
    pub(super) fn new(draft: NewMessage, answer: Option<Pending<Appended>>) -> Self {
        Self(match answer {
            Some(answer) => State::WithStore(draft, answer),
            None => State::Undecided(draft),
        })
    }

    /// Returns whether the message was passed to the store, which stores an author's messages in order.
    pub fn is_queued(&self) -> bool {
        matches!(self.0, State::WithStore(..))
    }

    /// Blocks this thread until the store has answered.
    pub fn wait(self) -> Result<SendOutcome, Failure> {
        match self.0 {
            State::WithStore(draft, answer) => SendOutcome::from_answer(draft, answer.wait()),
            State::Undecided(draft) => Ok(SendOutcome::Undecided(draft)),
            State::Answered => Err(answered_already()),
        }
    }
}

impl Future for Sending {
    type Output = Result<SendOutcome, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = match &mut self.0 {
            State::WithStore(_, answer) => Some(ready!(Pin::new(answer).poll(context))),
            State::Undecided(_) | State::Answered => None,
        };
        Poll::Ready(match (mem::replace(&mut self.0, State::Answered), answer) {
            (State::WithStore(draft, _), Some(answer)) => SendOutcome::from_answer(draft, answer),
            (State::Undecided(draft), _) => Ok(SendOutcome::Undecided(draft)),
            _ => Err(answered_already()),
        })
    }
}

fn answered_already() -> Failure {
    StoreError::Unavailable("the answer was taken already".to_owned()).into()
}

impl SendOutcome {
    fn from_answer(draft: NewMessage, answer: Result<Appended, StoreError>) -> Result<Self, Failure> {
        Ok(match Sent::from_answer(&draft, answer?)? {
            Guarded::Done(sent) => Self::Sent(sent),
            Guarded::Refused => Self::Undecided(draft),
        })
    }
}

impl Sent {
    /// Interprets the store's answer: an earlier message with the same key counts only if its content is the same.
    pub(super) fn from_answer(draft: &NewMessage, appended: Appended) -> Result<Guarded<Self>, Failure> {
        match appended {
            Appended::Stored(message) => Ok(Guarded::Done(Self { message, replayed: false })),
            Appended::Duplicate(message, earlier) if draft.idempotency.as_ref() == Some(&earlier) => {
                Ok(Guarded::Done(Self { message, replayed: true }))
            }
            Appended::Duplicate(..) => Err(Denial::IdempotencyKeyReused.into()),
            Appended::Refused => Ok(Guarded::Refused),
        }
    }
}
