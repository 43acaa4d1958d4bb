//! The port that stores read markers and mutes.

use super::{Mark, Reading};
use crate::chatroom::Seq;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::store_error::StoreError;

/// Stores read markers and mutes as parts of memberships, with which they end. A change takes no seq, but
/// increments the user's version; it is refused if the reader is not a living member of the chatroom.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReadRepository: Send + Sync {
    /// The current state of a living member, and the head of the log.
    fn find(&self, chatroom: ChatroomId, reader: UserId) -> Result<Option<Reading>, StoreError>;

    /// Moves the marker if the mark still [`moves`](Mark::moves) it, and returns its new position.
    fn mark(&self, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Result<Guarded<Seq>, StoreError>;

    /// Mutes or unmutes the chatroom for its reader; succeeds if nothing changes.
    fn set_muted(&self, chatroom: ChatroomId, reader: UserId, muted: bool) -> Result<Guarded, StoreError>;
}
