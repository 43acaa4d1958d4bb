//! The port that tells what moved, to those who follow many chatrooms and users at once.

use crate::chatroom::Seq;
use crate::id::{ChatroomId, UserId};
use crate::reading::ReadState;
use crate::store_error::StoreError;

/// Counts what changes for one user alone: memberships, read markers, sessions, the account.
pub type UserVersion = i64;

/// Where a user is a member, as of a version or later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub version: UserVersion,
    /// By id.
    pub chatrooms: Vec<Joined>,
}

/// One of those chatrooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    pub chatroom_id: ChatroomId,
    /// The event by which the membership began.
    pub joined_seq: Seq,
    /// How far the chatroom's log has come.
    pub head: Seq,
    pub read: ReadState,
}

/// Tells what moved, whichever instance wrote.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChangesSince: Send + Sync {
    /// The heads of those chatrooms that have come further than is known; a deleted chatroom's too.
    fn of_chatrooms(&self, known: &[(ChatroomId, Seq)]) -> Result<Vec<(ChatroomId, Seq)>, StoreError>;

    /// Those users whose version is another than is known.
    fn of_users(&self, known: &[(UserId, UserVersion)]) -> Result<Vec<(UserId, UserVersion)>, StoreError>;

    /// Where a living user is a member now; at most so many chatrooms.
    fn standing(&self, user: UserId, most: usize) -> Result<Standing, StoreError>;

    /// Whether a living user is a member of a living chatroom now.
    fn is_member(&self, user: UserId, chatroom: ChatroomId) -> Result<bool, StoreError>;
}
