//! Events on the wire.

use chit_chat_domain::chatroom::{ChatroomName, Settings, Visibility};
use chit_chat_domain::event::{Change, Event, MembershipEnd, Parent};
use chit_chat_domain::id::{ChatroomId, InvitationId, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::reaction::Tally;
use serde::Serialize;
use utoipa::ToSchema;

use super::chatroom::SettingsView;
use super::message::MessageView;
use super::values::{Id, Time};
use crate::openapi::values;

/// An entry of a chatroom's log. `event_schema` describes it in the OpenAPI document.
#[derive(Serialize)]
pub(crate) struct EventView {
    r#type: &'static str,
    chatroom_id: Id<ChatroomId>,
    seq: i64,
    at: Time,
    actor_id: Id<UserId>,
    data: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentView>,
}

/// The message that the message in `data` replies to, with its current number of replies.
#[derive(Serialize, ToSchema)]
#[schema(as = Parent)]
pub(super) struct ParentView {
    #[schema(schema_with = values::id)]
    id: Id<MessageId>,
    #[schema(schema_with = values::reply_count)]
    reply_count: i32,
}

/// A message in its current state, or the state after another change.
#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    Message(MessageView),
    Chatroom(ChatroomDetail),
    ChatroomDeletion(ChatroomDeletion),
    Membership(MembershipDetail),
    MembershipDeletion(MembershipDeletion),
    Ban(BanDetail),
    Invitation(InvitationDetail),
    Reaction(ReactionDetail),
    Pin(PinDetail),
}

/// The chatroom after the event.
#[derive(Serialize, ToSchema)]
pub(super) struct ChatroomDetail {
    #[schema(schema_with = values::id)]
    id: Id<ChatroomId>,
    #[schema(schema_with = values::chatroom_name_or_null, required)]
    name: Option<String>,
    #[schema(schema_with = values::visibility)]
    visibility: &'static str,
    #[serde(flatten)]
    #[schema(inline)]
    settings: SettingsView,
}

/// The deleted chatroom.
#[derive(Serialize, ToSchema)]
pub(super) struct ChatroomDeletion {
    #[schema(schema_with = values::id)]
    id: Id<ChatroomId>,
}

/// The membership after the event.
#[derive(Serialize, ToSchema)]
pub(super) struct MembershipDetail {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::role)]
    role: &'static str,
}

/// The ended membership.
#[derive(Serialize, ToSchema)]
pub(super) struct MembershipDeletion {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::membership_end)]
    reason: &'static str,
}

/// The user whose ban was created or lifted.
#[derive(Serialize, ToSchema)]
pub(super) struct BanDetail {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
}

/// The created or revoked invitation, without its code.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationDetail {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    invitation_id: Id<InvitationId>,
}

/// The reaction that was added or removed.
#[derive(Serialize, ToSchema)]
pub(super) struct ReactionDetail {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    message_id: Id<MessageId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::emoji)]
    emoji: String,
    #[schema(schema_with = values::reaction_count)]
    count: u64,
}

/// The message that was pinned or unpinned.
#[derive(Serialize, ToSchema)]
pub(super) struct PinDetail {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    message_id: Id<MessageId>,
}

impl EventView {
    /// The type of the event.
    pub(crate) fn kind(&self) -> &'static str {
        self.r#type
    }
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            r#type: event.change.kind().as_str(),
            chatroom_id: Id(event.chatroom_id),
            seq: event.seq,
            at: Time(event.at),
            actor_id: Id(event.actor_id),
            data: data(event.chatroom_id, event.change),
            parent: event.parent.map(|Parent { id, reply_count }| ParentView { id: Id(id), reply_count }),
        }
    }
}

fn data(room: ChatroomId, change: Change) -> Data {
    match change {
        Change::ChatroomCreated { name, visibility } => chatroom(room, name, visibility, Settings::default()),
        Change::ChatroomUpdated { name, visibility, settings } => chatroom(room, name, visibility, settings),
        Change::ChatroomDeleted => Data::ChatroomDeletion(ChatroomDeletion { id: Id(room) }),
        Change::MembershipCreated { user_id, role } | Change::MembershipUpdated { user_id, role } => {
            membership(room, user_id, role)
        }
        Change::MembershipDeleted { user_id, reason } => deletion(room, user_id, reason),
        Change::BanCreated { user_id } | Change::BanDeleted { user_id } => ban(room, user_id),
        Change::InvitationCreated { invitation_id } | Change::InvitationDeleted { invitation_id } => {
            invitation(room, invitation_id)
        }
        Change::MessageCreated(message) | Change::MessageUpdated(message) | Change::MessageDeleted(message) => {
            Data::Message(message.into())
        }
        Change::ReactionCreated { message_id, user_id, tally }
        | Change::ReactionDeleted { message_id, user_id, tally } => reaction(room, message_id, user_id, tally),
        Change::PinCreated { message_id } | Change::PinDeleted { message_id } => pin(room, message_id),
    }
}

fn chatroom(room: ChatroomId, name: Option<ChatroomName>, visibility: Visibility, settings: Settings) -> Data {
    let (name, visibility) = (name.map(|name| name.as_str().to_owned()), visibility.as_str());
    Data::Chatroom(ChatroomDetail { id: Id(room), name, visibility, settings: settings.into() })
}

fn membership(room: ChatroomId, user: UserId, role: Role) -> Data {
    Data::Membership(MembershipDetail { chatroom_id: Id(room), user_id: Id(user), role: role.as_str() })
}

fn deletion(room: ChatroomId, user: UserId, reason: MembershipEnd) -> Data {
    let (chatroom_id, user_id) = (Id(room), Id(user));
    Data::MembershipDeletion(MembershipDeletion { chatroom_id, user_id, reason: reason.as_str() })
}

fn ban(room: ChatroomId, user: UserId) -> Data {
    Data::Ban(BanDetail { chatroom_id: Id(room), user_id: Id(user) })
}

fn invitation(room: ChatroomId, id: InvitationId) -> Data {
    Data::Invitation(InvitationDetail { chatroom_id: Id(room), invitation_id: Id(id) })
}

fn reaction(room: ChatroomId, message: MessageId, user: UserId, Tally { emoji, count }: Tally) -> Data {
    let (chatroom_id, message_id, user_id) = (Id(room), Id(message), Id(user));
    Data::Reaction(ReactionDetail { chatroom_id, message_id, user_id, emoji: emoji.as_str().to_owned(), count })
}

fn pin(room: ChatroomId, message: MessageId) -> Data {
    Data::Pin(PinDetail { chatroom_id: Id(room), message_id: Id(message) })
}
