//! Memberships on the wire.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Member;
use serde::Serialize;

use super::values::{Id, Time};

#[derive(Serialize)]
pub(crate) struct MembershipView {
    chatroom_id: Id<ChatroomId>,
    user_id: Id<UserId>,
    username: String,
    display_name: Option<String>,
    role: &'static str,
    joined_at: Time,
}

impl From<Member> for MembershipView {
    fn from(Member { membership, username, display_name }: Member) -> Self {
        Self {
            chatroom_id: Id(membership.chatroom_id),
            user_id: Id(membership.user_id),
            username: username.as_str().to_owned(),
            display_name: display_name.map(|name| name.as_str().to_owned()),
            role: membership.role.as_str(),
            joined_at: Time(membership.joined_at),
        }
    }
}
