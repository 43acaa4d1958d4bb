//! Use cases of memberships.

use std::sync::Arc;

use super::{
    Added, LeaveReason, Leaving, MAX_LEFT_AT_ONCE, Member, MembershipRepository, NewMembership, Role, RoleChange,
};
use crate::chatroom::{Access, ChatroomRepository, Entrance, Guard, Right, Seq, Visibility};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::invitee::{Invitee, InviteeRepository};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;
use crate::violation::Violation;

/// A member, and whether this request made them one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedMember {
    pub member: Member,
    /// False if the user was a member before.
    pub new: bool,
}

/// The outcome of adding another user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    Member(AddedMember),
    /// The user must accept first.
    Invited(Invitee),
}

impl Added {
    /// Returns the member, or the reason why there is none.
    pub(crate) fn into_guarded(self) -> Result<Guarded<AddedMember>, Failure> {
        match self {
            Self::Added(member) => Ok(Guarded::Done(AddedMember { member, new: true })),
            Self::Already(member) => Ok(Guarded::Done(AddedMember { member, new: false })),
            Self::NoSuchUser => Err(Denial::UserNotFound.into()),
            Self::Blocked => Err(Denial::Blocked.into()),
            Self::Banned => Err(Denial::Banned.into()),
            // Only additions by others invite.
            Self::Invited(_) | Self::Refused => Ok(Guarded::Refused),
            Self::InvitedTooOften => Err(Denial::InvitedTooOften.into()),
        }
    }

    fn into_addition(self) -> Result<Guarded<Addition>, Failure> {
        match self {
            Self::Invited(invitee) => Ok(Guarded::Done(Addition::Invited(invitee))),
            added => Ok(added.into_guarded()?.map(Addition::Member)),
        }
    }
}

/// Lists, adds, promotes and removes members; joins and leaves.
pub struct MembershipService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub memberships: Arc<dyn MembershipRepository>,
    /// Users who are invited, and join a private chatroom.
    pub invitees: Arc<dyn InviteeRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
}

impl MembershipService {
    /// Lists the members of a chatroom, longest-standing first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`MembershipRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        after: Seq,
        limit: Limit,
    ) -> Result<Page<Member>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.as_member()?;
        Ok(Page::cut(self.memberships.list(chatroom, after, limit)?, limit))
    }

    /// Joins a public chatroom, or any to which the user is invited.
    ///
    /// Asks [`ChatroomRepository::access`], then [`MembershipRepository::add`]; in between
    /// [`InviteeRepository::find`] if the user may not see the chatroom.
    pub fn join(&self, chatroom: ChatroomId, user: UserId) -> Result<AddedMember, Failure> {
        retry_until_written(|| {
            let access = self.chatrooms.access(chatroom, user)?;
            let visible = access.as_ref().map(Access::may_see).and_then(Result::ok);
            let entrance = match visible.map(|chatroom| chatroom.visibility) {
                Some(Visibility::Public) => Entrance::Public,
                // A user who sees a private chatroom is a member, and the store returns the existing membership.
                Some(Visibility::Private) => Entrance::By(Guard::holds(user, Role::Member)),
                Some(Visibility::Direct) => return Err(Denial::DirectChatroom.into()),
                // Asked for chatrooms that do not exist too, so that the time of the answer does not reveal them.
                None => {
                    self.invitees.find(chatroom, user)?.ok_or(Denial::ChatroomNotFound)?;
                    Entrance::Accepted
                }
            };
            if access.is_none_or(|access| access.membership.is_none()) {
                self.storage.check(user, Kind::MembershipCreated)?;
            }
            let new = NewMembership { chatroom_id: chatroom, user_id: user, at: self.clock.now() };
            self.memberships.add(new, entrance)?.into_guarded()
        })
    }

    /// Adds a user to a chatroom, or invites them if they must accept first.
    ///
    /// Asks [`ChatroomRepository::access`], then [`MembershipRepository::add`].
    pub fn add(&self, chatroom: ChatroomId, actor: UserId, user: UserId) -> Result<Addition, Failure> {
        if actor == user {
            return self.join(chatroom, user).map(Addition::Member);
        }
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, actor)?.may(Right::Add)?;
            self.storage.check(actor, Kind::MembershipCreated)?;
            let entrance = Entrance::By(Guard::may(actor, Right::Add));
            let new = NewMembership { chatroom_id: chatroom, user_id: user, at: self.clock.now() };
            self.memberships.add(new, entrance)?.into_addition()
        })
    }

    /// Changes a member's role.
    ///
    /// Asks [`ChatroomRepository::access`], [`MembershipRepository::find`], then
    /// [`MembershipRepository::change_role`].
    pub fn change_role(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        user: UserId,
        role: &str,
    ) -> Result<Member, Failure> {
        let role = Role::parse(role).map_err(|violation| Failure::invalid("role", violation))?;
        retry_until_written(|| {
            let access = self.chatrooms.require_access(chatroom, actor)?;
            let me = access.may(Right::Role(Role::Owner))?;
            let target = self.memberships.find(chatroom, user)?.ok_or(Denial::MembershipNotFound)?;
            if target.membership.role == role {
                return Ok(Guarded::Done(target));
            }
            me.may_change_role(&target.membership)?;
            self.storage.check(actor, Kind::MembershipUpdated)?;
            let guard = Guard::holds(actor, Role::Owner);
            match self.memberships.change_role(&target.membership, role, guard, self.clock.now())? {
                RoleChange::Changed(member) => Ok(Guarded::Done(member)),
                RoleChange::LastOwner => Err(Denial::LastOwner.into()),
                RoleChange::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Removes a member; does nothing if the user is not a member.
    ///
    /// Asks [`ChatroomRepository::access`], [`MembershipRepository::find`], then
    /// [`MembershipRepository::remove`]; for oneself only [`MembershipRepository::leave`].
    pub fn remove(&self, chatroom: ChatroomId, actor: UserId, user: UserId) -> Result<(), Failure> {
        if actor == user {
            return self.leave(chatroom, user).map(drop);
        }
        retry_until_written(|| {
            let access = self.chatrooms.require_access(chatroom, actor)?;
            let me = access.may(Right::Role(Role::Moderator))?;
            let Some(target) = self.memberships.find(chatroom, user)? else {
                return Ok(Guarded::Done(()));
            };
            me.may_remove(&target.membership)?;
            self.storage.check(actor, Kind::MembershipDeleted)?;
            let guard = Guard::holds(actor, me.role);
            Ok(self.memberships.remove(&target.membership, guard, self.clock.now())?)
        })
    }

    /// Leaves a chatroom, or hides a direct one; does nothing if the user is not a member.
    ///
    /// Asks [`MembershipRepository::leave`].
    pub fn leave(&self, chatroom: ChatroomId, user: UserId) -> Result<Leaving, Failure> {
        self.storage.check(user, Kind::MembershipDeleted)?;
        Ok(self.memberships.leave(chatroom, user, LeaveReason::Left, self.clock.now())?)
    }

    /// Leaves many chatrooms, one after the other. Those that do not exist, malformed ids too, are skipped.
    ///
    /// Asks [`MembershipRepository::leave`] for each chatroom.
    pub fn leave_many(&self, chatrooms: &[String], user: UserId) -> Result<(), Failure> {
        let violation = match chatrooms.len() {
            0 => Some(Violation::NoEntries),
            1..=MAX_LEFT_AT_ONCE => None,
            _ => Some(Violation::TooManyEntries(MAX_LEFT_AT_ONCE)),
        };
        if let Some(violation) = violation {
            return Err(Failure::invalid("chatroom_ids", violation));
        }
        for chatroom in chatrooms.iter().filter_map(|id| id.parse().ok()) {
            self.leave(chatroom, user)?;
        }
        Ok(())
    }
}
