//! Bans, which keep users out of a chatroom until they are lifted.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockBanRepository;
pub use repository::{BanRepository, Banned, NewBan};
pub use service::{BanService, PlacedBan};

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, UserId};

/// The maximum number of bans in a chatroom.
pub const MAX_BANS: usize = 10_000;

/// A ban: the user can neither join the chatroom, nor be added, nor accept an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ban {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub banned_by: UserId,
    pub created_at: Timestamp,
    /// The ban's seq in the chatroom's log, which orders bans.
    pub seq: Seq,
}
