//! The port that keeps how far people have read.

use super::{Mark, ReadState};
use crate::chatroom::Seq;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::store_error::StoreError;

/// Keeps read markers and mutes with the memberships that they belong to, and that end with them. A change takes no seq, but
/// moves the user's version; it is refused if the reader is no living member of the chatroom.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReadRepository: Send + Sync {
    /// As it is now, of a living member.
    fn find(&self, chatroom: ChatroomId, reader: UserId) -> Result<Option<ReadState>, StoreError>;

    /// Moves the marker if the mark still [`moves`](Mark::moves) it; answers where it is then.
    fn mark(&self, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Result<Guarded<Seq>, StoreError>;

    /// Mutes the chatroom for its reader, or no longer; also if it is so already.
    fn set_muted(&self, chatroom: ChatroomId, reader: UserId, muted: bool) -> Result<Guarded, StoreError>;
}
