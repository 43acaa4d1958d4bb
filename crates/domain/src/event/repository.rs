//! The port that reads the log; all other ports write it together with their own changes.

use super::Event;
use crate::chatroom::Seq;
use crate::id::ChatroomId;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Reads logs.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait EventRepository: Send + Sync {
    /// The entries after `after` up to and including `head`, ascending, at most the limit.
    fn read(&self, chatroom: ChatroomId, after: Seq, head: Seq, limit: Limit) -> Result<Vec<Event>, StoreError>;
}
