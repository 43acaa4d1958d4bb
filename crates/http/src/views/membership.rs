//! Memberships on the wire.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Member;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A membership of a user in a chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipView {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::username)]
    username: String,
    #[schema(schema_with = values::display_name_or_null, required)]
    display_name: Option<String>,
    #[schema(schema_with = values::role)]
    role: &'static str,
    #[schema(schema_with = values::time)]
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
