//! Memberships: who belongs to a chatroom, in which role, and what that allows.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockMembershipRepository;
pub use repository::{Added, LeaveReason, Leaving, MembershipRepository, NewMembership, Removal, RoleChange};
pub use service::{AddedMember, MembershipService};

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{ChatroomId, UserId};
use crate::user::{DisplayName, Username};
use crate::violation::Violation;

/// What a member is in a chatroom; a later role may do all that an earlier one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Talks, renames, adds.
    Member,
    /// Also decides about the chatroom and its members.
    Owner,
}

impl Role {
    /// Accepts `member` and `owner`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match text {
            "member" => Ok(Self::Member),
            "owner" => Ok(Self::Owner),
            _ => Err(Violation::NotOneOf("member, owner")),
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }
}

/// That a living user belongs to a living chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub role: Role,
    pub joined_at: Timestamp,
    /// The place of the join in the chatroom's log; the order of members.
    pub joined_seq: Seq,
}

/// A membership with the names of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub membership: Membership,
    pub username: Username,
    pub display_name: Option<DisplayName>,
}

impl Membership {
    /// Any member gives the chatroom another name.
    pub fn may_rename(&self) -> Result<(), Denial> {
        Ok(())
    }

    /// Any member adds people.
    pub fn may_add_members(&self) -> Result<(), Denial> {
        Ok(())
    }

    /// Owners decide who may know of the chatroom.
    pub fn may_change_visibility(&self) -> Result<(), Denial> {
        self.as_owner()
    }

    /// Owners delete the chatroom.
    pub fn may_delete_chatroom(&self) -> Result<(), Denial> {
        self.as_owner()
    }

    /// Owners remove members, but not other owners.
    pub fn may_remove(&self, target: &Membership) -> Result<(), Denial> {
        self.as_owner()?;
        target.unless_owner()
    }

    /// Owners make members owners; an owner steps down only by their own hand.
    pub fn may_change_role(&self, target: &Membership) -> Result<(), Denial> {
        self.as_owner()?;
        if target.user_id == self.user_id { Ok(()) } else { target.unless_owner() }
    }

    /// Whether an owner.
    pub fn as_owner(&self) -> Result<(), Denial> {
        if self.role == Role::Owner { Ok(()) } else { Err(Denial::NotAnOwner) }
    }

    fn unless_owner(&self) -> Result<(), Denial> {
        if self.role == Role::Owner { Err(Denial::TargetIsOwner) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{membership, user};

    #[test]
    fn members_rename_and_add() {
        let member = membership(user(1), Role::Member);
        assert!(member.may_rename().is_ok());
        assert!(member.may_add_members().is_ok());
    }

    #[test]
    fn members_decide_nothing_about_the_room_or_each_other() {
        let member = membership(user(1), Role::Member);
        let other = membership(user(2), Role::Member);
        assert_eq!(member.may_change_visibility(), Err(Denial::NotAnOwner));
        assert_eq!(member.may_delete_chatroom(), Err(Denial::NotAnOwner));
        assert_eq!(member.may_remove(&other), Err(Denial::NotAnOwner));
        assert_eq!(member.may_change_role(&other), Err(Denial::NotAnOwner));
        assert_eq!(member.may_change_role(&member), Err(Denial::NotAnOwner));
    }

    #[test]
    fn owners_decide_about_members_but_not_about_owners() {
        let owner = membership(user(1), Role::Owner);
        let member = membership(user(2), Role::Member);
        let rival = membership(user(3), Role::Owner);
        assert!(owner.may_change_visibility().is_ok());
        assert!(owner.may_delete_chatroom().is_ok());
        assert!(owner.may_remove(&member).is_ok());
        assert!(owner.may_change_role(&member).is_ok());
        assert_eq!(owner.may_remove(&rival), Err(Denial::TargetIsOwner));
        assert_eq!(owner.may_change_role(&rival), Err(Denial::TargetIsOwner));
    }

    #[test]
    fn an_owner_may_step_down() {
        let owner = membership(user(1), Role::Owner);
        assert!(owner.may_change_role(&owner).is_ok());
    }
}
