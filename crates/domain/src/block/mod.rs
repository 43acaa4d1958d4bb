//! Blocks: a blocked user cannot start direct chatrooms with the blocking user or add them to chatrooms.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockBlockRepository;
pub use repository::{BlockRepository, Blocking};
pub use service::BlockService;

use crate::clock::Timestamp;
use crate::id::UserId;

/// The maximum number of users that a user can block.
pub const MAX_BLOCKS: usize = 10_000;

/// A block of one user by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The blocked user.
    pub user_id: UserId,
    /// The time of the block.
    pub created_at: Timestamp,
}
