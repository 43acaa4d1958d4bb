//! The port that resolves and finds mentions; writing a message stores them.

use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::Message;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Reads mentions.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MentionRepository: Send + Sync {
    /// The living members of the chatroom who have one of these folded usernames.
    fn resolve(&self, chatroom: ChatroomId, usernames: &[String]) -> Result<Vec<UserId>, StoreError>;

    /// The messages of others that mention a user, newest first, starting after `after`, in chatrooms where
    /// they are currently a member, except those by users whom they block; mentions of everybody count since the
    /// user joined; one more than the limit.
    fn of_user(&self, user: UserId, after: Option<MessageId>, limit: Limit) -> Result<Vec<Message>, StoreError>;

    /// Those of the listed messages that are after the user's read marker in their chatroom, newest first. They are
    /// what [`MyChatroom::mention_count`](crate::chatroom::MyChatroom::mention_count) counts.
    fn unread(&self, user: UserId, listed: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError>;
}
