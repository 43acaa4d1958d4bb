//! Sends messages without waiting for the store.

use super::{Appended, Message, NewMessage};
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::pending::Pending;
use crate::store_error::StoreError;

/// A message that is being sent.
///
/// A plain message is passed to the store at once. For a reply, or a message that may mention users, the
/// references have to be read first.
#[must_use = "the answer tells whether the message was sent"]
#[derive(Debug)]
pub struct Sending {
    draft: NewMessage,
    answer: Option<Pending<Appended>>,
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
        Self { draft, answer }
    }

    /// Returns whether the message was passed to the store, which stores an author's messages in order.
    pub fn is_with_store(&self) -> bool {
        self.answer.is_some()
    }

    /// Waits for the store without blocking a thread.
    pub async fn answer(self) -> Result<SendOutcome, Failure> {
        match self.answer {
            Some(answer) => SendOutcome::judge(self.draft, answer.await),
            None => Ok(SendOutcome::Undecided(self.draft)),
        }
    }

    /// Blocks this thread until the store has answered.
    pub fn wait(self) -> Result<SendOutcome, Failure> {
        match self.answer {
            Some(answer) => SendOutcome::judge(self.draft, answer.wait()),
            None => Ok(SendOutcome::Undecided(self.draft)),
        }
    }
}

impl SendOutcome {
    fn judge(draft: NewMessage, answer: Result<Appended, StoreError>) -> Result<Self, Failure> {
        Ok(match Sent::judge(&draft, answer?)? {
            Guarded::Done(sent) => Self::Sent(sent),
            Guarded::Refused => Self::Undecided(draft),
        })
    }
}

impl Sent {
    /// Interprets the store's answer: an earlier message with the same key counts only if its content is the same.
    pub(super) fn judge(draft: &NewMessage, appended: Appended) -> Result<Guarded<Self>, Failure> {
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
