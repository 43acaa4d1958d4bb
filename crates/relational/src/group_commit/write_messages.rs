//! The part of an engine that writes messages, and what it is given.

use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::store_error::StoreError;

use crate::codes;

/// A queued message.
#[derive(Clone, Debug)]
pub struct QueuedSend {
    pub message: NewMessage,
    pub guard: Guard,
}

impl QueuedSend {
    /// The code of the minimum role that the guard requires, in addition to the chatroom's settings.
    pub fn least_role(&self) -> i16 {
        match self.guard.right {
            Right::Role(role) => codes::of_role(role),
            Right::CallAll => codes::of_role(Role::Moderator),
            Right::Speak | Right::Rename | Right::Add | Right::Delete => codes::of_role(Role::Member),
        }
    }
}

/// The part of an engine that writes messages.
pub trait WriteMessages: Send + Sync {
    /// Writes messages in one transaction, in their order: all whose guard holds and whose idempotency key is new,
    /// or none. The messages have distinct keys.
    fn write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError>;

    /// Writes messages like `write_batch`, but waits only briefly for locked rooms. Engines with one lock for
    /// all rooms need not distinguish.
    fn try_write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError> {
        self.write_batch(sends)
    }

    /// Writes one message.
    fn write_one(&self, send: &QueuedSend) -> Result<Appended, StoreError>;
}
