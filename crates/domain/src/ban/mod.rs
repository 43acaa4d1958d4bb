//! Bans: who is kept out of a chatroom, whichever way they come, until the ban is lifted.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockBanRepository;
pub use repository::{BanRepository, Banned, NewBan};
pub use service::{BanService, PlacedBan};

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, UserId};

/// That somebody neither joins a chatroom, nor is added to it, nor let in by an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ban {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub banned_by: UserId,
    pub created_at: Timestamp,
    /// The place of the ban in the chatroom's log; the order of bans.
    pub seq: Seq,
}
