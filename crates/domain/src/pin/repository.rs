//! The port that stores pins.

use super::Pin;
use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::ChatroomId;
use crate::message::Message;
use crate::page::Limit;
use crate::store_error::StoreError;

/// The outcome of pinning a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinning {
    /// The message is pinned now, or had been before.
    Pinned,
    /// The chatroom has [`MAX_PINS`](super::MAX_PINS) others.
    TooMany,
    /// The guard did not hold, or the message was deleted.
    Refused,
}

/// Stores pins. Every write that changes something takes the chatroom's next seq and logs its event atomically.
/// Deleting a message unpins it.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PinRepository: Send + Sync {
    /// Pins a message for the guard's actor.
    fn pin(&self, message: &Message, guard: Guard, at: Timestamp) -> Result<Pinning, StoreError>;

    /// Unpins a message, if it is pinned; also refused if the message was deleted.
    fn unpin(&self, message: &Message, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// A chatroom's pins, newest first, starting after `before`; one more than the limit.
    fn list(&self, chatroom: ChatroomId, before: Seq, limit: Limit) -> Result<Vec<Pin>, StoreError>;
}
