//! Chatrooms on the wire.

use chit_chat_domain::chatroom::{Chatroom, MyChatroom, Settings};
use chit_chat_domain::id::{ChatroomId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::message::MessageView;
use super::values::{Id, Time};
use crate::openapi::values;

/// A chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = Chatroom)]
pub(crate) struct ChatroomView {
    #[schema(schema_with = values::id)]
    id: Id<ChatroomId>,
    #[schema(schema_with = values::chatroom_name_or_null, required)]
    name: Option<String>,
    #[schema(schema_with = values::visibility)]
    visibility: &'static str,
    #[serde(flatten)]
    #[schema(inline)]
    settings: SettingsView,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::seq)]
    last_seq: i64,
}

/// Settings of a chatroom.
#[derive(Serialize, ToSchema)]
pub(super) struct SettingsView {
    #[schema(schema_with = values::topic_or_null, required)]
    topic: Option<String>,
    #[schema(schema_with = values::least_role)]
    rename_role: &'static str,
    #[schema(schema_with = values::least_role)]
    add_role: &'static str,
    #[schema(schema_with = values::least_role)]
    delete_role: &'static str,
    #[schema(schema_with = values::slow_mode)]
    slow_mode_seconds: u16,
    /// True if the chatroom is read-only.
    archived: bool,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> Self {
        Self {
            topic: settings.topic.map(|topic| topic.as_str().to_owned()),
            rename_role: settings.rename_role.as_str(),
            add_role: settings.add_role.as_str(),
            delete_role: settings.delete_role.as_str(),
            slow_mode_seconds: settings.slow_mode.seconds(),
            archived: settings.archived,
        }
    }
}

/// A chatroom in a list. `role` and the fields after it are present only in the list of your own chatrooms.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatroomSummary)]
pub(crate) struct MyChatroomView {
    #[serde(flatten)]
    chatroom: ChatroomView,
    #[schema(schema_with = values::role, required = false)]
    role: &'static str,
    #[schema(schema_with = values::other_party_or_null)]
    other_user_id: Option<Id<UserId>>,
    last_message: Option<MessageView>,
    /// True if the chatroom is muted.
    #[schema(required = false)]
    muted: bool,
    #[schema(schema_with = values::read_seq, required = false)]
    read_seq: i64,
    #[schema(schema_with = values::unread_count, required = false)]
    unread_count: i64,
    #[schema(schema_with = values::mention_count, required = false)]
    mention_count: i64,
}

impl From<Chatroom> for ChatroomView {
    fn from(chatroom: Chatroom) -> Self {
        Self {
            id: Id(chatroom.id),
            name: chatroom.name.map(|name| name.as_str().to_owned()),
            visibility: chatroom.visibility.as_str(),
            settings: chatroom.settings.into(),
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
            other_user_id: mine.other_party.map(Id),
            last_message: mine.last_message.map(Into::into),
            muted: mine.read.muted,
            read_seq: mine.read.read_seq,
            unread_count: mine.unread_count,
            mention_count: mine.mention_count,
        }
    }
}
