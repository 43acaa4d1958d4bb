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

/// How many people react to a message by an emoji. Every event of a reaction tells it as it was from then on: whoever has
/// read the message after some of its events puts it in the place of what is there, and ends with what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub emoji: Emoji,
    pub count: u64,
}
