//! The port that keeps memberships.

use super::{Member, Membership, Role};
use crate::chatroom::{Entrance, Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::page::Limit;
use crate::store_error::StoreError;

/// A membership about to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMembership {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub at: Timestamp,
}

/// What became of a join or an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// Now a member.
    Added(Member),
    /// Was a member already; nothing changed.
    Already(Member),
    /// There is no such living user.
    NoSuchUser,
    /// The user blocks who adds them.
    Blocked,
    /// The user is banned.
    Banned,
    /// The entrance was closed.
    Refused,
}

/// What became of a change of role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// The role is changed.
    Changed(Member),
    /// The chatroom would be left without an owner.
    LastOwner,
    /// The guard did not hold, or the target was no longer as it was read.
    Refused,
}

/// Why a membership ends by its own user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveReason {
    /// They left.
    Left,
    /// Their account was deleted.
    AccountDeleted,
}

/// What became of a leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Gone.
    Left,
    /// Gone, and the longest-standing member is the owner now.
    HandedOver(UserId),
    /// Gone, and the chatroom, empty now, with them.
    ChatroomDeleted,
    /// Still a member of a direct chatroom, which is hidden from them until the next message.
    Hidden,
    /// Was no member.
    NotMember,
}

/// Keeps memberships. Every write takes the chatroom's next seqs and logs its events in one step.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MembershipRepository: Send + Sync {
    /// A living user's membership in a living chatroom.
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Result<Option<Member>, StoreError>;

    /// Members by `joined_seq` from behind `after`; one more than the limit.
    fn list(&self, chatroom: ChatroomId, after: Seq, limit: Limit) -> Result<Vec<Member>, StoreError>;

    /// Makes somebody a member, unless they are banned.
    fn add(&self, membership: NewMembership, entrance: Entrance) -> Result<Added, StoreError>;

    /// Changes a member's role.
    fn change_role(
        &self,
        target: &Membership,
        role: Role,
        guard: Guard,
        at: Timestamp,
    ) -> Result<RoleChange, StoreError>;

    /// Ends somebody else's membership; refused also if the target is no longer as it was read.
    fn remove(&self, target: &Membership, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// Ends one's own membership. The last owner hands over to the longest-standing member; the
    /// last member takes the chatroom along. A direct chatroom is only hidden; with an account that is gone it becomes
    /// read-only.
    fn leave(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        reason: LeaveReason,
        at: Timestamp,
    ) -> Result<Leaving, StoreError>;

    /// Where somebody is a member, also a deleted user.
    fn chatrooms_of(&self, user: UserId) -> Result<Vec<ChatroomId>, StoreError>;
}
