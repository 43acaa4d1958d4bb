//! Memberships: the users of a chatroom, their roles, and the rights of each role.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockMembershipRepository;
pub use repository::{Added, LeaveReason, Leaving, MembershipRepository, NewMembership, RoleChange};
pub use service::{AddedMember, Addition, MembershipService};

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{ChatroomId, UserId};
use crate::user::{DisplayName, Username};
use crate::violation::Violation;

/// The maximum number of chatrooms to leave at once.
pub const MAX_LEFT_AT_ONCE: usize = 100;

/// The role of a member. Each role has all the rights of the roles before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sends messages, and can rename the chatroom and add members unless its settings require another role.
    Member,
    /// Can also delete messages, remove and ban members, and create invitations.
    Moderator,
    /// Can also change the settings and the roles of members.
    Owner,
}

impl Role {
    /// The lowest role that may create and revoke invitations. The invitations of a user end with this right.
    pub const INVITING: Self = Self::Moderator;

    /// Accepts `member`, `moderator` and `owner`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match text {
            "member" => Ok(Self::Member),
            "moderator" => Ok(Self::Moderator),
            "owner" => Ok(Self::Owner),
            _ => Err(Violation::NotOneOf("member, moderator, owner")),
        }
    }

    /// The word on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }
}

/// A membership of a living user in a living chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    pub role: Role,
    pub joined_at: Timestamp,
    /// The position of the join in the chatroom's log, which orders members.
    pub joined_seq: Seq,
}

/// A membership with its user's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub membership: Membership,
    pub username: Username,
    pub display_name: Option<DisplayName>,
}

impl Membership {
    /// Checks that the member has at least this role.
    pub fn at_least(&self, role: Role) -> Result<(), Denial> {
        match role {
            _ if self.role >= role => Ok(()),
            Role::Owner => Err(Denial::NotAnOwner),
            Role::Moderator | Role::Member => Err(Denial::NotAModerator),
        }
    }

    /// Checks the right to remove or ban: moderators for members, owners also for moderators, nobody for owners.
    pub fn may_remove(&self, target: &Membership) -> Result<(), Denial> {
        self.at_least(Role::Moderator)?;
        match target.role {
            Role::Owner => Err(Denial::TargetIsOwner),
            Role::Moderator if self.role == Role::Moderator => Err(Denial::TargetIsModerator),
            _ => Ok(()),
        }
    }

    /// Checks the right to change a role: owners have it, except for the roles of other owners.
    pub fn may_change_role(&self, target: &Membership) -> Result<(), Denial> {
        self.at_least(Role::Owner)?;
        if target.role == Role::Owner && target.user_id != self.user_id {
            return Err(Denial::TargetIsOwner);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, user_id};

    fn membership(user: UserId, role: Role) -> Membership {
        testing::membership().with_user(user).with_role(role).build()
    }

    #[test]
    fn role_includes_lesser_roles() {
        let roles = [Role::Member, Role::Moderator, Role::Owner];
        for (place, role) in roles.into_iter().enumerate() {
            let me = membership(user_id(1), role);
            assert_eq!(Role::parse(role.as_str()), Ok(role));
            for lesser in roles.into_iter().take(place + 1) {
                assert!(me.at_least(lesser).is_ok());
            }
        }
        assert_eq!(membership(user_id(1), Role::Member).at_least(Role::Moderator), Err(Denial::NotAModerator));
        assert_eq!(membership(user_id(1), Role::Member).at_least(Role::Owner), Err(Denial::NotAnOwner));
        assert_eq!(membership(user_id(1), Role::Moderator).at_least(Role::Owner), Err(Denial::NotAnOwner));
    }

    #[test]
    fn members_neither_remove_nor_promote() {
        let member = membership(user_id(1), Role::Member);
        let other = membership(user_id(2), Role::Member);
        assert_eq!(member.may_remove(&other), Err(Denial::NotAModerator));
        assert_eq!(member.may_change_role(&other), Err(Denial::NotAnOwner));
        assert_eq!(member.may_change_role(&member), Err(Denial::NotAnOwner));
    }

    #[test]
    fn moderators_remove_only_members_and_promote_nobody() {
        let moderator = membership(user_id(1), Role::Moderator);
        assert!(moderator.may_remove(&membership(user_id(2), Role::Member)).is_ok());
        let equal = membership(user_id(3), Role::Moderator);
        assert_eq!(moderator.may_remove(&equal), Err(Denial::TargetIsModerator));
        let owner = membership(user_id(4), Role::Owner);
        assert_eq!(moderator.may_remove(&owner), Err(Denial::TargetIsOwner));
        assert_eq!(moderator.may_change_role(&membership(user_id(2), Role::Member)), Err(Denial::NotAnOwner));
    }

    #[test]
    fn owners_manage_all_but_other_owners() {
        let owner = membership(user_id(1), Role::Owner);
        for role in [Role::Member, Role::Moderator] {
            let lesser = membership(user_id(2), role);
            assert!(owner.may_remove(&lesser).is_ok());
            assert!(owner.may_change_role(&lesser).is_ok());
        }
        let rival = membership(user_id(3), Role::Owner);
        assert_eq!(owner.may_remove(&rival), Err(Denial::TargetIsOwner));
        assert_eq!(owner.may_change_role(&rival), Err(Denial::TargetIsOwner));
    }

    #[test]
    fn owner_may_step_down() {
        let owner = membership(user_id(1), Role::Owner);
        assert!(owner.may_change_role(&owner).is_ok());
    }
}
