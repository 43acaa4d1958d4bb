//! Messages on the wire.

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::message::{Message, MessageBody};
use serde::Serialize;

use super::values::{Id, Time};

#[derive(Serialize)]
pub(crate) struct MessageView {
    id: Id<MessageId>,
    chatroom_id: Id<ChatroomId>,
    seq: i64,
    author_id: Id<UserId>,
    /// `null` in a tombstone.
    body: Option<String>,
    created_at: Time,
    edited_at: Option<Time>,
    deleted_at: Option<Time>,
    revision: i32,
    client_key: Option<String>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        Self {
            id: Id(message.id),
            chatroom_id: Id(message.chatroom_id),
            seq: message.seq,
            author_id: Id(message.author_id),
            body: message.body.map(MessageBody::into_string),
            created_at: Time(message.created_at),
            edited_at: message.edited_at.map(Time),
            deleted_at: message.deleted_at.map(Time),
            revision: message.revision,
            client_key: message.client_key.map(|key| key.as_str().to_owned()),
        }
    }
}
