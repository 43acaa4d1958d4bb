//! The port that reads revisions; that of messages writes them, with each edit.

use super::MessageRevision;
use crate::id::{ChatroomId, MessageId};
use crate::message::Revision;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Reads what messages said.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RevisionRepository: Send + Sync {
    /// The revisions of a message from behind `after`, oldest first, the present one included; one more than the limit.
    /// Of a deleted message there are none.
    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        after: Revision,
        limit: Limit,
    ) -> Result<Vec<MessageRevision>, StoreError>;
}
