//! Messages on the wire.

use std::collections::BTreeMap;

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{Message, MessageBody};
use serde::Serialize;
use utoipa::ToSchema;

use super::reaction::Counts;
use super::values::{Id, Time};
use crate::openapi::values;
use crate::renderer::Html;

/// A message, or the tombstone of a deleted one.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageView {
    #[schema(schema_with = values::id)]
    id: Id<MessageId>,
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::seq)]
    seq: i64,
    #[schema(schema_with = values::id)]
    author_id: Id<UserId>,
    #[schema(schema_with = values::message_body_or_null, required)]
    body: Option<String>,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::time_or_null, required)]
    edited_at: Option<Time>,
    #[schema(schema_with = values::time_or_null, required)]
    deleted_at: Option<Time>,
    #[schema(schema_with = values::revision)]
    revision: i32,
    #[schema(schema_with = values::idempotency_key_or_null, required)]
    client_key: Option<String>,
    #[schema(schema_with = values::id_or_null, required)]
    reply_to: Option<Id<MessageId>>,
    #[schema(schema_with = values::reply_count)]
    reply_count: i32,
    mentions: MentionsView,
    #[schema(schema_with = values::reactions)]
    reactions: Counts,
}

/// The members that a message mentions.
#[derive(Serialize, ToSchema)]
#[schema(as = Mentions)]
pub(crate) struct MentionsView {
    all: bool,
    #[schema(schema_with = values::mentioned)]
    user_ids: Vec<Id<UserId>>,
}

impl From<Mentions> for MentionsView {
    fn from(mentions: Mentions) -> Self {
        Self { all: mentions.all, user_ids: mentions.users.into_iter().map(Id).collect() }
    }
}

/// A message, with its HTML on request.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownMessage {
    #[serde(flatten)]
    pub(crate) message: MessageView,
    #[schema(schema_with = values::html_or_null)]
    pub(crate) html: Option<Html>,
}

/// A page of messages, with their HTML on request.
#[derive(ToSchema)]
#[expect(dead_code, reason = "pages are written out otherwise; this describes them")]
pub(crate) struct MessageList {
    items: Vec<MessageView>,
    #[schema(schema_with = values::cursor_or_null, required)]
    next_cursor: Option<String>,
    #[schema(schema_with = values::html_by_id)]
    html: Option<BTreeMap<String, String>>,
}

/// A page of messages that mention the caller, with the ids of those that are unread.
#[derive(ToSchema)]
#[expect(dead_code, reason = "pages are written out otherwise; this describes them")]
pub(crate) struct MentionList {
    items: Vec<MessageView>,
    #[schema(schema_with = values::cursor_or_null, required)]
    next_cursor: Option<String>,
    #[schema(schema_with = values::unread_ids)]
    unread: Vec<String>,
    #[schema(schema_with = values::html_by_id)]
    html: Option<BTreeMap<String, String>>,
}

/// A page of a chatroom's messages, with the caller's own reactions.
#[derive(ToSchema)]
#[expect(dead_code, reason = "pages are written out otherwise; this describes them")]
pub(crate) struct MessageHistory {
    items: Vec<MessageView>,
    #[schema(schema_with = values::cursor_or_null, required)]
    next_cursor: Option<String>,
    #[schema(schema_with = values::mine)]
    mine: BTreeMap<String, Vec<String>>,
    #[schema(schema_with = values::previous_cursor)]
    previous_cursor: Option<String>,
    #[schema(schema_with = values::html_by_id)]
    html: Option<BTreeMap<String, String>>,
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
            reply_to: message.reply_to.map(Id),
            reply_count: message.reply_count,
            mentions: message.mentions.into(),
            reactions: message.reactions.into(),
        }
    }
}
