//! Blocks: whom somebody does not want to hear from.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockBlockRepository;
pub use repository::{BlockRepository, Blocking};
pub use service::BlockService;

use crate::clock::Timestamp;
use crate::id::UserId;

/// How many people one may block.
pub const MOST_BLOCKS: usize = 10_000;

/// That somebody blocks a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The user who is blocked.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}
