//! Chatrooms on the wire.

use chit_chat_domain::chatroom::{Chatroom, MyChatroom};
use chit_chat_domain::id::ChatroomId;
use serde::Serialize;
use utoipa::ToSchema;

use super::MessageView;
use super::values::{Id, Time};
use crate::openapi::values;

/// A chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = Chatroom)]
pub(crate) struct ChatroomView {
    #[schema(schema_with = values::id)]
    id: Id<ChatroomId>,
    #[schema(schema_with = values::chatroom_name)]
    name: String,
    #[schema(schema_with = values::visibility)]
    visibility: &'static str,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::seq)]
    last_seq: i64,
}

/// A chatroom in a list: with `role` and `last_message` if the list is of the caller's own.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatroomSummary)]
pub(crate) struct MyChatroomView {
    #[serde(flatten)]
    chatroom: ChatroomView,
    #[schema(schema_with = values::role, required = false)]
    role: &'static str,
    last_message: Option<MessageView>,
}

impl From<Chatroom> for ChatroomView {
    fn from(chatroom: Chatroom) -> Self {
        Self {
            id: Id(chatroom.id),
            name: chatroom.name.as_str().to_owned(),
            visibility: chatroom.visibility.as_str(),
            created_at: Time(chatroom.created_at),
            last_seq: chatroom.last_seq,
        }
    }
}

impl From<MyChatroom> for MyChatroomView {
    fn from(mine: MyChatroom) -> Self {
        Self {
            chatroom: mine.chatroom.into(),
            role: mine.role.as_str(),
            last_message: mine.last_message.map(Into::into),
        }
    }
}
