//! The port that reports changes to followers of many chatrooms and users.

use crate::chatroom::Seq;
use crate::id::{ChatroomId, UserId};
use crate::key::Reach;
use crate::reading::ReadState;
use crate::store_error::StoreError;

/// A counter of a user's private changes: memberships, read markers, sessions, the account.
pub type UserVersion = i64;

/// The chatrooms of a user, as of this version or later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserMemberships {
    pub version: UserVersion,
    /// The chatrooms, by id.
    pub chatrooms: Vec<JoinedChatroom>,
    /// The number of further chatrooms, beyond the most that were asked for.
    pub left_out: usize,
}

impl UserMemberships {
    /// Drops the chatrooms beyond the reach of a key.
    pub fn keep_within(&mut self, reach: &Reach) {
        if reach.list().is_some() {
            self.chatrooms.retain(|joined| reach.contains(joined.chatroom_id));
            // How many of them are within is unknown; none, unless the user has thousands.
            self.left_out = 0;
        }
    }
}

/// One of those chatrooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinedChatroom {
    pub chatroom_id: ChatroomId,
    /// The seq of the event that began the membership.
    pub joined_seq: Seq,
    /// The head of the chatroom's log.
    pub head: Seq,
    pub read: ReadState,
}

/// Reports changes, whichever instance made them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChangesSince: Send + Sync {
    /// The heads of chatrooms that are beyond the known ones, including deleted chatrooms.
    fn of_chatrooms(&self, known: &[(ChatroomId, Seq)]) -> Result<Vec<(ChatroomId, Seq)>, StoreError>;

    /// The users whose version differs from the known one.
    fn of_users(&self, known: &[(UserId, UserVersion)]) -> Result<Vec<(UserId, UserVersion)>, StoreError>;

    /// The current chatrooms of a living user, by id. If there are more than `most`: direct ones first, then those
    /// which they created, entered by themselves or have read in, then those that they were
    /// added to; in each group those with the newest messages.
    fn memberships(&self, user: UserId, most: usize) -> Result<UserMemberships, StoreError>;

    /// The chatrooms whose members see a living user, and their heads, by id: those of
    /// [`memberships`](Self::memberships), then direct ones that others opened and that have no message yet; at most
    /// `most`.
    fn seen_in(&self, user: UserId, most: usize) -> Result<Vec<(ChatroomId, Seq)>, StoreError>;

    /// Returns whether a living user is currently a member of a living chatroom.
    fn is_member(&self, user: UserId, chatroom: ChatroomId) -> Result<bool, StoreError>;
}
