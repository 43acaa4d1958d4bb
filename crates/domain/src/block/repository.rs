//! The port that stores blocks.

use super::Block;
use crate::clock::Timestamp;
use crate::direct::Pair;
use crate::id::UserId;
use crate::page::Limit;
use crate::store_error::StoreError;

/// The outcome of blocking a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocking {
    /// The user is blocked now, or had been before.
    Blocked,
    /// There is no such living user.
    NoSuchUser,
    /// The blocking user has reached the limit.
    TooMany,
}

/// Stores blocks. While one of two users blocks the other, their direct chatroom is archived; each write updates
/// it atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait BlockRepository: Send + Sync {
    /// Blocks the other user, unless `most` users are blocked already. From then on the other user cannot add
    /// the blocking user to any chatroom.
    fn block(&self, pair: Pair, most: usize, at: Timestamp) -> Result<Blocking, StoreError>;

    /// Unblocks the other user; `None` if no such user ever existed.
    fn unblock(&self, pair: Pair, at: Timestamp) -> Result<Option<()>, StoreError>;

    /// The users that a user blocks, newest first, starting after `after`; one more than the limit.
    fn list(&self, user: UserId, after: Option<Block>, limit: Limit) -> Result<Vec<Block>, StoreError>;
}
