//! The port that keeps blocks.

use super::Block;
use crate::clock::Timestamp;
use crate::direct::Pair;
use crate::id::UserId;
use crate::page::Limit;
use crate::store_error::StoreError;

/// What became of the wish to block somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocking {
    /// Blocked now, or before.
    Blocked,
    /// There is no such living user.
    NoSuchUser,
    /// The user blocks too many already.
    TooMany,
}

/// Keeps blocks. While one of two people blocks the other, their direct chatroom is read-only: each
/// write sees to that in one step.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait BlockRepository: Send + Sync {
    /// Blocks the other, unless so many are blocked already. The other adds whoever blocks them nowhere from then on.
    fn block(&self, pair: Pair, most: usize, at: Timestamp) -> Result<Blocking, StoreError>;

    /// Blocks the other no more; `None` if there never was such a user.
    fn unblock(&self, pair: Pair, at: Timestamp) -> Result<Option<()>, StoreError>;

    /// Whom a user blocks, newest first, from behind `after`; one more than the limit.
    fn list(&self, user: UserId, after: Option<Block>, limit: Limit) -> Result<Vec<Block>, StoreError>;
}
