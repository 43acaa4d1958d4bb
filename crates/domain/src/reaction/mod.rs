//! Reactions to messages: each user can react once with each emoji.

mod counts;
mod emoji;
mod repository;
mod service;

pub use counts::Reactions;
pub use emoji::Emoji;
#[cfg(feature = "mocks")]
pub use repository::MockReactionRepository;
pub use repository::ReactionRepository;
pub use service::ReactionService;

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::UserId;

/// A reaction to a message. It stays when the user leaves or deletes their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub user_id: UserId,
    pub emoji: Emoji,
    pub created_at: Timestamp,
    /// The reaction's seq in the chatroom's log, which orders reactions.
    pub seq: Seq,
}

/// The number of users who react to a message with an emoji. Every reaction event carries the new count, so that a
/// client that already has a later state of the message ends with the right count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub emoji: Emoji,
    pub count: u64,
}
