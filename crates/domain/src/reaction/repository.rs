//! The port that keeps reactions.

use super::{Emoji, Reaction};
use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::Message;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Keeps reactions, and their counts in the message. Every write that changes something takes the chatroom's next seq and
/// logs its event in one step; the message's revision stays.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReactionRepository: Send + Sync {
    /// Makes the guard's actor react to a message, who may do so already; refused also if the message, as it was by then,
    /// may not have this reaction.
    fn add(&self, message: &Message, emoji: &Emoji, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// Takes the reaction of the guard's actor back, if there is one; refused also if the message was deleted.
    fn remove(&self, message: &Message, emoji: &Emoji, guard: Guard, at: Timestamp)
    -> Result<Guarded, StoreError>;

    /// Reactions to a message, or those by one emoji, by seq from behind `after`; one more than the limit.
    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        emoji: Option<Emoji>,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Reaction>, StoreError>;

    /// By what a user reacts to each of these messages, in the order of time.
    fn of_user(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<(MessageId, Emoji)>, StoreError>;
}
