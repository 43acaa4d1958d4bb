//! Bans on the wire.

use chit_chat_domain::ban::Ban;
use chit_chat_domain::id::{ChatroomId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A ban of a user from a chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = Ban)]
pub(crate) struct BanView {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::id)]
    banned_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

impl From<Ban> for BanView {
    fn from(ban: Ban) -> Self {
        Self {
            chatroom_id: Id(ban.chatroom_id),
            user_id: Id(ban.user_id),
            banned_by: Id(ban.banned_by),
            created_at: Time(ban.created_at),
        }
    }
}
