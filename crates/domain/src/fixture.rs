//! Entities for the crate's own tests.

use uuid::Uuid;

use crate::chatroom::{Access, Chatroom, ChatroomName, Settings, Visibility};
use crate::clock::Timestamp;
use crate::id::{ChatroomId, InvitationId, MessageId, UserId};
use crate::invitation::{Invitation, InvitationSecret};
use crate::membership::{Membership, Role};
use crate::mention::Mentions;
use crate::message::{Message, MessageBody};
use crate::reaction::Reactions;

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

pub(crate) fn user(n: u128) -> UserId {
    UserId::from(Uuid::from_u128(n))
}

pub(crate) fn chatroom_id() -> ChatroomId {
    ChatroomId::from(Uuid::from_u128(77))
}

pub(crate) fn chatroom(visibility: Visibility) -> Chatroom {
    Chatroom {
        id: chatroom_id(),
        name: (visibility != Visibility::Direct).then(|| ChatroomName::parse("A room").unwrap()),
        visibility,
        settings: Settings::default(),
        created_at: NOW,
        last_seq: 9,
    }
}

pub(crate) fn membership(user_id: UserId, role: Role) -> Membership {
    Membership { chatroom_id: chatroom_id(), user_id, role, joined_at: NOW, joined_seq: 2 }
}

/// User 1's access.
pub(crate) fn access(visibility: Visibility, role: Option<Role>) -> Access {
    Access { chatroom: chatroom(visibility), membership: role.map(|role| membership(user(1), role)) }
}

/// Without bounds, and not yet used.
pub(crate) fn invitation() -> Invitation {
    Invitation {
        id: InvitationId::from(Uuid::from_u128(6)),
        chatroom_id: chatroom_id(),
        secret: InvitationSecret::new([7; 16]),
        created_by: user(1),
        created_at: NOW,
        expires_at: None,
        max_uses: None,
        uses: 0,
        revoked_at: None,
    }
}

pub(crate) fn message(author_id: UserId, body: Option<&str>) -> Message {
    Message {
        id: MessageId::from(Uuid::from_u128(5)),
        chatroom_id: chatroom_id(),
        seq: 7,
        author_id,
        body: body.map(|text| MessageBody::parse(text).unwrap()),
        created_at: NOW,
        edited_at: None,
        deleted_at: body.is_none().then_some(NOW),
        revision: 1,
        client_key: None,
        reply_to: None,
        reply_count: 0,
        mentions: Mentions::default(),
        reactions: Reactions::default(),
    }
}
