//! Builders of invitations.

use super::{NOW, invitation_id, me, room};
use crate::clock::Timestamp;
use crate::id::{ChatroomId, InvitationId, UserId};
use crate::invitation::{Invitation, InvitationSecret, MaxUses};

/// A builder of an invitation.
#[derive(Clone, Debug)]
#[must_use]
pub struct InvitationBuilder(Invitation);

/// Starts with an invitation to [`room`](super::room) by [`me`](super::me), unused and unlimited.
pub fn invitation() -> InvitationBuilder {
    InvitationBuilder(Invitation {
        id: invitation_id(),
        chatroom_id: room(),
        secret: InvitationSecret::new([7; 16]),
        created_by: me(),
        created_at: NOW,
        expires_at: None,
        max_uses: None,
        uses: 0,
        revoked_at: None,
    })
}

impl InvitationBuilder {
    pub fn with_id(mut self, id: InvitationId) -> Self {
        self.0.id = id;
        self
    }

    pub fn with_chatroom(mut self, chatroom: ChatroomId) -> Self {
        self.0.chatroom_id = chatroom;
        self
    }

    pub fn with_secret(mut self, secret: InvitationSecret) -> Self {
        self.0.secret = secret;
        self
    }

    pub fn with_creator(mut self, creator: UserId) -> Self {
        self.0.created_by = creator;
        self
    }

    pub fn with_expiry(mut self, expires_at: Timestamp) -> Self {
        self.0.expires_at = Some(expires_at);
        self
    }

    #[track_caller]
    pub fn with_max_uses(mut self, count: i64) -> Self {
        self.0.max_uses = match MaxUses::parse(count) {
            Ok(max_uses) => Some(max_uses),
            Err(violation) => panic!("{count} {violation}"),
        };
        self
    }

    /// Sets the number of uses.
    pub fn with_uses(mut self, uses: i64) -> Self {
        self.0.uses = uses;
        self
    }

    pub fn revoked(mut self, at: Timestamp) -> Self {
        self.0.revoked_at = Some(at);
        self
    }

    pub fn build(self) -> Invitation {
        self.0
    }
}

impl From<InvitationBuilder> for Invitation {
    fn from(builder: InvitationBuilder) -> Self {
        builder.build()
    }
}
