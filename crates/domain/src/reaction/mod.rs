//! Reactions: what people answer to a message by an emoji, each person by each emoji once.

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

/// That somebody reacts to a message, also when they have left or deleted their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub user_id: UserId,
    pub emoji: Emoji,
    pub created_at: Timestamp,
    /// Its place in the chatroom's log; the order of reactions.
    pub seq: Seq,
}
