//! The port that stores memberships.

use super::{Member, Membership, Role};
use crate::chatroom::{Entrance, Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::invitee::Invitee;
use crate::page::Limit;
use crate::store_error::StoreError;

/// A membership about to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMembership {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub at: Timestamp,
}

/// The outcome of a join or an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// The user is a member now.
    Added(Member),
    /// The user was already a member; nothing changed.
    Already(Member),
    /// The user must accept first, and is invited now or was before.
    Invited(Invitee),
    /// Too many invitations of the adding user wait for the user.
    InvitedTooOften,
    /// There is no such living user.
    NoSuchUser,
    /// The user blocks the adding user.
    Blocked,
    /// The user is banned.
    Banned,
    /// The condition of the entrance did not hold.
    Refused,
}

/// The outcome of a change of role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// The role is changed.
    Changed(Member),
    /// The chatroom would be left without an owner.
    LastOwner,
    /// The guard did not hold, or the target had changed since it was read.
    Refused,
}

/// The reason why a user's own membership ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveReason {
    /// The user left.
    Left,
    /// The account was deleted.
    AccountDeleted,
}

/// The outcome of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The membership ended.
    Left,
    /// The membership ended, and this user is the new owner.
    HandedOver(UserId),
    /// The membership ended, and the empty chatroom was deleted.
    ChatroomDeleted,
    /// The user remains a member of the direct chatroom, which is hidden from them until the next message.
    Hidden,
    /// The user was not a member.
    NotMember,
}

/// Stores memberships. Every write takes the chatroom's next seqs and logs its events atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MembershipRepository: Send + Sync {
    /// A living user's membership in a living chatroom.
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Result<Option<Member>, StoreError>;

    /// Members by `joined_seq`, starting after `after`; one more than the limit.
    fn list(&self, chatroom: ChatroomId, after: Seq, limit: Limit) -> Result<Vec<Member>, StoreError>;

    /// Makes a user a member, unless they are banned. A user whom the actor of the entrance may not add, by
    /// [`Addee::admission`](crate::user::Addee::admission), is invited instead. Whoever becomes a member is no
    /// longer invited.
    fn add(&self, membership: NewMembership, entrance: Entrance) -> Result<Added, StoreError>;

    /// Changes a member's role.
    fn change_role(
        &self,
        target: &Membership,
        role: Role,
        guard: Guard,
        at: Timestamp,
    ) -> Result<RoleChange, StoreError>;

    /// Ends another user's membership; also refused if the target has changed since it was read.
    fn remove(&self, target: &Membership, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// Ends the user's own membership. The last owner hands over to the highest role; among equals to members who
    /// take part, as [`Addee`](crate::user::Addee) defines it; among those to the longest-standing one. With the
    /// last member the chatroom is deleted. A direct chatroom is only hidden; if the account was deleted, it
    /// becomes read-only.
    fn leave(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        reason: LeaveReason,
        at: Timestamp,
    ) -> Result<Leaving, StoreError>;

    /// The chatrooms of a user, living or deleted: at most so many, direct ones first.
    fn chatrooms_of(&self, user: UserId, most: usize) -> Result<Vec<ChatroomId>, StoreError>;
}
