//! Builders of memberships.

use super::{NOW, me, room, valid};
use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, UserId};
use crate::membership::{Member, Membership, Role};

/// A builder of a membership.
#[derive(Clone, Debug)]
#[must_use]
pub struct MembershipBuilder(Membership);

/// Starts with [`me`](super::me) as a plain member of [`room`](super::room), joined at seq 2.
pub fn membership() -> MembershipBuilder {
    MembershipBuilder(Membership {
        chatroom_id: room(),
        user_id: me(),
        role: Role::Member,
        joined_at: NOW,
        joined_seq: 2,
    })
}

impl MembershipBuilder {
    pub fn with_chatroom(mut self, chatroom: ChatroomId) -> Self {
        self.0.chatroom_id = chatroom;
        self
    }

    pub fn with_user(mut self, user: UserId) -> Self {
        self.0.user_id = user;
        self
    }

    pub fn with_role(mut self, role: Role) -> Self {
        self.0.role = role;
        self
    }

    pub fn with_joined_at(mut self, joined_at: Timestamp) -> Self {
        self.0.joined_at = joined_at;
        self
    }

    pub fn with_joined_seq(mut self, joined_seq: Seq) -> Self {
        self.0.joined_seq = joined_seq;
        self
    }

    pub fn build(self) -> Membership {
        self.0
    }

    /// Adds the user's username, as in lists of members.
    #[track_caller]
    pub fn named(self, username: &str) -> Member {
        Member { membership: self.0, username: valid(username), display_name: None }
    }
}

impl From<MembershipBuilder> for Membership {
    fn from(builder: MembershipBuilder) -> Self {
        builder.build()
    }
}
