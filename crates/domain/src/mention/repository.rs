//! The port that knows who is meant and where somebody was mentioned; writing a message keeps its mentions.

use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::Message;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Reads mentions.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MentionRepository: Send + Sync {
    /// The living members of the chatroom who have one of these folded usernames.
    fn resolve(&self, chatroom: ChatroomId, usernames: &[String]) -> Result<Vec<UserId>, StoreError>;

    /// The messages by others that mention somebody, newest first, from behind `after`, in chatrooms where they are a
    /// member now; those that mention everybody since they joined; one more than the limit.
    fn of_user(&self, user: UserId, after: Option<MessageId>, limit: Limit) -> Result<Vec<Message>, StoreError>;
}
