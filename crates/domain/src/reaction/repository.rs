//! The port that stores reactions.

use super::{Emoji, Reaction};
use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::Message;
use crate::page::Limit;
use crate::store_error::StoreError;

/// Stores reactions, and their counts in the message. Every write that changes something takes the chatroom's
/// next seq and logs its event atomically; the message's revision stays the same.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReactionRepository: Send + Sync {
    /// Adds a reaction of the guard's actor, if there is none; also refused if the current message may not have
    /// this reaction.
    fn add(&self, message: &Message, emoji: &Emoji, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// Removes the reaction of the guard's actor, if there is one; also refused if the message was deleted.
    fn remove(&self, message: &Message, emoji: &Emoji, guard: Guard, at: Timestamp)
    -> Result<Guarded, StoreError>;

    /// The reactions to a message, or those with one emoji, by seq, starting after `after`; one more than the
    /// limit.
    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        emoji: Option<Emoji>,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Reaction>, StoreError>;

    /// The emoji with which a user reacts to each of these messages, in order of time.
    fn of_user(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<(MessageId, Emoji)>, StoreError>;
}
