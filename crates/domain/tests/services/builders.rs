//! Values that the tests share.

use chit_chat_domain::chatroom::{Access, Chatroom, ChatroomName, Settings, Visibility};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, MessageId, SessionId, UserId};
use chit_chat_domain::membership::{Member, Membership, Role};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{IdempotencyKey, Message, MessageBody};
use chit_chat_domain::page::Limit;
use chit_chat_domain::reaction::Reactions;
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::user::{Credentials, PasswordHash, Profile, User, Username};
use uuid::Uuid;

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);
pub(crate) const OLD_NAME: &str = "A room";
pub(crate) const HEAD: i64 = 9;

pub(crate) fn user(n: u128) -> UserId {
    UserId::from(Uuid::from_u128(n))
}

pub(crate) fn me() -> UserId {
    user(1)
}

pub(crate) fn other() -> UserId {
    user(2)
}

pub(crate) fn room() -> ChatroomId {
    ChatroomId::from(Uuid::from_u128(77))
}

pub(crate) fn message_id() -> MessageId {
    MessageId::from(Uuid::from_u128(5))
}

pub(crate) fn session_id() -> SessionId {
    SessionId::from(Uuid::from_u128(8))
}

/// What the world's id source gives.
pub(crate) fn fresh_id() -> Uuid {
    Uuid::from_u128(1_000)
}

pub(crate) fn key() -> IdempotencyKey {
    IdempotencyKey::parse("key").unwrap()
}

pub(crate) fn limit(count: u64) -> Limit {
    Limit::parse(count).unwrap()
}

pub(crate) fn password_hash() -> PasswordHash {
    PasswordHash::new("hashed".to_owned())
}

pub(crate) fn ended_session() -> EndedSession {
    EndedSession { id: session_id(), tokens_expire_at: NOW }
}

pub(crate) fn living_user() -> User {
    let username = Username::parse("Matt").unwrap();
    User { id: me(), created_at: NOW, profile: Some(Profile { username, display_name: None, email: None }) }
}

pub(crate) fn deleted_user() -> User {
    User { profile: None, ..living_user() }
}

pub(crate) fn credentials() -> Credentials {
    Credentials { user: living_user(), password_hash: password_hash(), disabled_at: None }
}

pub(crate) fn chatroom(visibility: Visibility) -> Chatroom {
    Chatroom {
        id: room(),
        name: (visibility != Visibility::Direct).then(|| ChatroomName::parse(OLD_NAME).unwrap()),
        visibility,
        settings: Settings::default(),
        created_at: NOW,
        last_seq: HEAD,
    }
}

pub(crate) fn access(visibility: Visibility, role: Option<Role>) -> Access {
    Access { chatroom: chatroom(visibility), membership: role.map(|role| member(me(), role).membership) }
}

pub(crate) fn member(user_id: UserId, role: Role) -> Member {
    Member {
        membership: Membership { chatroom_id: room(), user_id, role, joined_at: NOW, joined_seq: 2 },
        username: Username::parse("Somebody").unwrap(),
        display_name: None,
    }
}

pub(crate) fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).unwrap()
}

/// Says "hello" at revision 1.
pub(crate) fn message(author_id: UserId) -> Message {
    Message {
        id: message_id(),
        chatroom_id: room(),
        seq: 7,
        author_id,
        body: Some(body("hello")),
        created_at: NOW,
        edited_at: None,
        deleted_at: None,
        revision: 1,
        client_key: None,
        reply_to: None,
        reply_count: 0,
        mentions: Mentions::default(),
        reactions: Reactions::default(),
    }
}

pub(crate) fn tombstone(author_id: UserId) -> Message {
    Message { body: None, deleted_at: Some(NOW), revision: 2, ..message(author_id) }
}
