//! Events on the wire.

use chit_chat_domain::chatroom::{ChatroomName, Visibility};
use chit_chat_domain::event::{Change, Event, MembershipEnd};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use serde::Serialize;

use super::MessageView;
use super::values::{Id, Time};

#[derive(Serialize)]
pub(crate) struct EventView {
    r#type: &'static str,
    chatroom_id: Id<ChatroomId>,
    seq: i64,
    at: Time,
    actor_id: Id<UserId>,
    data: Data,
}

/// A message as it is now, or what changed as it was then.
#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    Message(MessageView),
    Chatroom(ChatroomDetail),
    Membership(MembershipDetail),
}

#[derive(Serialize)]
struct ChatroomDetail {
    id: Id<ChatroomId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
}

#[derive(Serialize)]
struct MembershipDetail {
    chatroom_id: Id<ChatroomId>,
    user_id: Id<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let (r#type, data) = typed(event.chatroom_id, event.change);
        Self {
            r#type,
            chatroom_id: Id(event.chatroom_id),
            seq: event.seq,
            at: Time(event.at),
            actor_id: Id(event.actor_id),
            data,
        }
    }
}

fn typed(room: ChatroomId, change: Change) -> (&'static str, Data) {
    match change {
        Change::ChatroomCreated { name, visibility } => ("chatroom.created", chatroom(room, &name, visibility)),
        Change::ChatroomUpdated { name, visibility } => ("chatroom.updated", chatroom(room, &name, visibility)),
        Change::ChatroomDeleted => {
            ("chatroom.deleted", Data::Chatroom(ChatroomDetail { id: Id(room), name: None, visibility: None }))
        }
        Change::MembershipCreated { user_id, role } => ("membership.created", membership(room, user_id, Ok(role))),
        Change::MembershipUpdated { user_id, role } => ("membership.updated", membership(room, user_id, Ok(role))),
        Change::MembershipDeleted { user_id, reason } => {
            ("membership.deleted", membership(room, user_id, Err(reason)))
        }
        Change::MessageCreated(message) => ("message.created", Data::Message(message.into())),
        Change::MessageUpdated(message) => ("message.updated", Data::Message(message.into())),
        Change::MessageDeleted(message) => ("message.deleted", Data::Message(message.into())),
    }
}

fn chatroom(room: ChatroomId, name: &ChatroomName, visibility: Visibility) -> Data {
    let name = Some(name.as_str().to_owned());
    Data::Chatroom(ChatroomDetail { id: Id(room), name, visibility: Some(visibility.as_str()) })
}

fn membership(room: ChatroomId, user: UserId, role_or_end: Result<Role, MembershipEnd>) -> Data {
    Data::Membership(MembershipDetail {
        chatroom_id: Id(room),
        user_id: Id(user),
        role: role_or_end.ok().map(Role::as_str),
        reason: role_or_end.err().map(MembershipEnd::as_str),
    })
}
