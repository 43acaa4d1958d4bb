//! The rights of a user in a chatroom, and the conditions that must still hold when a decision is written.

use super::{Chatroom, Right, Visibility};
use crate::denial::Denial;
use crate::id::{InvitationId, UserId};
use crate::membership::{Membership, Role};

/// A chatroom and the rights of one user in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The chatroom, which is not deleted.
    pub chatroom: Chatroom,
    /// The user's membership. Absent for outsiders and deleted users.
    pub membership: Option<Membership>,
}

impl Access {
    /// The chatroom, if the user may see it.
    pub fn may_see(&self) -> Result<&Chatroom, Denial> {
        match (self.chatroom.visibility, &self.membership) {
            (Visibility::Public, _) | (_, Some(_)) => Ok(&self.chatroom),
            (Visibility::Private | Visibility::Direct, None) => Err(Denial::ChatroomNotFound),
        }
    }

    /// The membership, if the user is a member. The denial reveals nothing that an outsider may not know.
    pub fn as_member(&self) -> Result<&Membership, Denial> {
        self.may_see()?;
        self.membership.as_ref().ok_or(Denial::NotAMember)
    }

    /// The membership, if the member has this right.
    pub fn may(&self, right: Right) -> Result<&Membership, Denial> {
        let member = self.as_member()?;
        member.at_least(right.least_role(&self.chatroom)?)?;
        Ok(member)
    }
}

/// The condition that the store checks in the transaction of a write: the actor is a member of the chatroom and
/// has this right. The service checked it before, but the actor may have been removed or demoted since, or the
/// chatroom's settings may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Guard {
    pub actor: UserId,
    pub right: Right,
}

impl Guard {
    /// Requires a member with at least this role.
    pub fn holds(actor: UserId, role: Role) -> Self {
        Self::may(actor, Right::Role(role))
    }

    /// Requires a member with this right.
    pub fn may(actor: UserId, right: Right) -> Self {
        Self { actor, right }
    }
}

/// The permission by which a user becomes a member. The store checks it in the transaction of the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// The chatroom is public.
    Public,
    /// A member adds the user.
    By(Guard),
    /// The user accepts this invitation, which must be active. This counts as one use.
    Invitation(InvitationId),
    /// A member wanted to add the user, who accepts.
    Accepted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, chatroom};

    fn access(visibility: Visibility, role: Option<Role>) -> Access {
        testing::access(chatroom().with_visibility(visibility), role)
    }

    #[test]
    fn private_and_direct_chatrooms_are_hidden_from_outsiders() {
        for visibility in [Visibility::Private, Visibility::Direct] {
            let access = access(visibility, None);
            assert_eq!(access.may_see(), Err(Denial::ChatroomNotFound));
            assert_eq!(access.as_member(), Err(Denial::ChatroomNotFound));
            assert_eq!(access.may(Right::Add), Err(Denial::ChatroomNotFound));
        }
    }

    #[test]
    fn public_chatroom_is_visible_but_closed_to_outsiders() {
        let access = access(Visibility::Public, None);
        assert!(access.may_see().is_ok());
        assert_eq!(access.as_member(), Err(Denial::NotAMember));
    }

    #[test]
    fn only_members_have_rights() {
        let outsider = access(Visibility::Public, None);
        assert_eq!(outsider.may(Right::Speak), Err(Denial::NotAMember));
        let member = access(Visibility::Public, Some(Role::Member));
        assert!(member.may(Right::Speak).is_ok());
        assert_eq!(member.may(Right::Role(Role::Moderator)), Err(Denial::NotAModerator));
    }

    #[test]
    fn members_access_chatrooms_of_each_kind() {
        for visibility in [Visibility::Public, Visibility::Private, Visibility::Direct] {
            let access = access(visibility, Some(Role::Member));
            assert!(access.may_see().is_ok());
            assert!(access.as_member().is_ok());
        }
    }
}
