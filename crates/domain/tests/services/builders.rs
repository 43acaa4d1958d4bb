//! Entities that these tests often build.

use chit_chat_domain::chatroom::{Chatroom, Visibility};
use chit_chat_domain::id::UserId;
use chit_chat_domain::membership::{Member, Role};
use chit_chat_domain::message::{Message, MessageBody};
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::testing::{self, NOW, password_hash, session_id};
use chit_chat_domain::user::{Credentials, User};

pub(crate) const OLD_NAME: &str = "A room";
pub(crate) const HEAD: i64 = 9;

pub(crate) fn ended_session() -> EndedSession {
    EndedSession { id: session_id(), tokens_expire_at: NOW }
}

pub(crate) fn living_user() -> User {
    testing::user().build()
}

pub(crate) fn deleted_user() -> User {
    testing::user().deleted().build()
}

pub(crate) fn credentials() -> Credentials {
    Credentials { user: living_user(), password_hash: password_hash(), disabled_at: None }
}

pub(crate) fn chatroom(visibility: Visibility) -> Chatroom {
    testing::chatroom().with_visibility(visibility).build()
}

pub(crate) fn member(user: UserId, role: Role) -> Member {
    testing::membership().with_user(user).with_role(role).named("Somebody")
}

pub(crate) fn body(text: &str) -> MessageBody {
    text.parse().unwrap()
}

/// Says "hello" at revision 1.
pub(crate) fn message(author: UserId) -> Message {
    testing::message().with_author(author).build()
}

pub(crate) fn tombstone(author: UserId) -> Message {
    testing::message().with_author(author).deleted(NOW).build()
}
