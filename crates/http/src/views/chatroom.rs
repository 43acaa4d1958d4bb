//! Chatrooms on the wire.

use chit_chat_domain::chatroom::{Chatroom, MyChatroom};
use chit_chat_domain::id::ChatroomId;
use serde::Serialize;

use super::MessageView;
use super::values::{Id, Time};

#[derive(Serialize)]
pub(crate) struct ChatroomView {
    id: Id<ChatroomId>,
    name: String,
    visibility: &'static str,
    created_at: Time,
    last_seq: i64,
}

/// A chatroom in the list of the caller's own.
#[derive(Serialize)]
pub(crate) struct MyChatroomView {
    #[serde(flatten)]
    chatroom: ChatroomView,
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
