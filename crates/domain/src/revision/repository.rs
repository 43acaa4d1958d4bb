//! The port that reads revisions; the port of messages writes them with each edit.

use super::MessageRevision;
use crate::id::{ChatroomId, MessageId};
use crate::message::Revision;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Reads revisions.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RevisionRepository: Send + Sync {
    /// The revisions of a message, starting after `after`, oldest first, including the current one; one more
    /// than the limit. A deleted message has none.
    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        after: Revision,
        limit: Limit,
    ) -> Result<Vec<MessageRevision>, StoreError>;
}
