//! Rows of events: a kind, the ids that it concerns, and details as JSON.

use chit_chat_domain::chatroom::{ChatroomName, Seq, Settings, SlowMode, Topic, Visibility};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, Event, Kind, MembershipEnd};
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Message;
use chit_chat_domain::reaction::{Emoji, Tally};
use chit_chat_domain::storage::{bytes_of_entry, bytes_of_public_name};
use diesel::prelude::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use crate::error::{Sql, SqlError};
use crate::schema::events;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub chatroom_id: Key,
    pub seq: i64,
    pub at: Instant,
    pub actor_id: Key,
    pub kind: String,
    pub user_id: Option<Key>,
    pub message_id: Option<Key>,
    pub detail: String,
}

#[derive(Default, Deserialize, Serialize)]
struct Detail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visibility: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invitation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    emoji: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settings: Option<SettingsDetail>,
}

/// The settings of the chatroom after a change; older entries have none, because there were no settings yet.
#[derive(Deserialize, Serialize)]
struct SettingsDetail {
    topic: Option<String>,
    rename_role: String,
    add_role: String,
    /// Absent from older entries, of when only owners could delete chatrooms.
    #[serde(default = "owner")]
    delete_role: String,
    slow_mode_seconds: u16,
    read_only: bool,
}

fn owner() -> String {
    Role::Owner.as_str().to_owned()
}

impl From<Settings> for SettingsDetail {
    fn from(settings: Settings) -> Self {
        Self {
            topic: settings.topic.map(|topic| topic.as_str().to_owned()),
            rename_role: settings.rename_role.as_str().to_owned(),
            add_role: settings.add_role.as_str().to_owned(),
            delete_role: settings.delete_role.as_str().to_owned(),
            slow_mode_seconds: settings.slow_mode.seconds(),
            read_only: settings.archived,
        }
    }
}

impl SettingsDetail {
    fn into_settings(self) -> Option<Settings> {
        Some(Settings {
            topic: self.topic.map(Topic::restore),
            rename_role: Role::parse(&self.rename_role).ok()?,
            add_role: Role::parse(&self.add_role).ok()?,
            delete_role: Role::parse(&self.delete_role).ok()?,
            slow_mode: SlowMode::parse(self.slow_mode_seconds.into()).ok()?,
            archived: self.read_only,
        })
    }
}

impl EventRow {
    /// The row of a change. It keeps only the id of a message, never the text.
    pub fn new(
        chatroom: ChatroomId,
        seq: Seq,
        actor: UserId,
        at: Timestamp,
        change: Change<MessageId>,
    ) -> Sql<Self> {
        let kind = change.kind();
        let (user, message, detail) = columns(change);
        Ok(Self {
            chatroom_id: chatroom.into(),
            seq,
            at: at.into(),
            actor_id: actor.into(),
            kind: kind.as_str().to_owned(),
            user_id: user.map(Into::into),
            message_id: message.map(Into::into),
            detail: serde_json::to_string(&detail).map_err(|error| SqlError::Corrupt(error.to_string()))?,
        })
    }

    /// The bytes that the entry counts for its actor.
    pub fn stored_bytes(&self) -> i64 {
        stored_bytes(&self.kind, &self.detail)
    }

    /// The message that the event shows; `None` if it only refers to one.
    pub fn shown_message(&self) -> Option<Key> {
        let shows = |kind| matches!(kind, Kind::MessageCreated | Kind::MessageUpdated | Kind::MessageDeleted);
        self.message_id.filter(|_| Kind::parse(&self.kind).is_some_and(shows))
    }

    /// The event of the row; `message` is the message that it shows, in its current state.
    pub fn into_event(self, message: Option<Message>) -> Sql<Event> {
        let detail = serde_json::from_str(&self.detail).map_err(|error| SqlError::Corrupt(error.to_string()))?;
        let (user, named) = (self.user_id.map(Into::into), self.message_id.map(Into::into));
        let change = Kind::parse(&self.kind)
            .and_then(|kind| change(kind, user, named, message, detail))
            .ok_or_else(|| SqlError::Corrupt(format!("event {} of kind {}", self.seq, self.kind)))?;
        Ok(Event {
            chatroom_id: self.chatroom_id.into(),
            seq: self.seq,
            at: self.at.into(),
            actor_id: self.actor_id.into(),
            change,
            parent: None,
        })
    }
}

/// The bytes that an entry with these columns counts for its actor.
pub fn stored_bytes(kind: &str, detail: &str) -> i64 {
    let tells_name = matches!(Kind::parse(kind), Some(Kind::ChatroomCreated | Kind::ChatroomUpdated));
    let detail_if_named = tells_name.then(|| serde_json::from_str::<Detail>(detail).ok()).flatten();
    let public =
        detail_if_named.filter(|detail| detail.visibility.as_deref() == Some(Visibility::Public.as_str()));
    let name = public.and_then(|detail| detail.name);
    bytes_of_entry(detail) + name.as_deref().map_or(0, bytes_of_public_name)
}

fn columns(change: Change<MessageId>) -> (Option<UserId>, Option<MessageId>, Detail) {
    let chatroom = |name: Option<ChatroomName>, visibility: Visibility| Detail {
        name: name.map(|name| name.as_str().to_owned()),
        visibility: Some(visibility.as_str().to_owned()),
        ..Detail::default()
    };
    let none = Detail::default();
    match change {
        Change::ChatroomCreated { name, visibility } => (None, None, chatroom(name, visibility)),
        Change::ChatroomUpdated { name, visibility, settings } => {
            let settings = Some(settings.into());
            (None, None, Detail { settings, ..chatroom(name, visibility) })
        }
        Change::ChatroomDeleted => (None, None, none),
        Change::MembershipCreated { user_id, role } | Change::MembershipUpdated { user_id, role } => {
            (Some(user_id), None, Detail { role: Some(role.as_str().to_owned()), ..none })
        }
        Change::MembershipDeleted { user_id, reason } => {
            (Some(user_id), None, Detail { reason: Some(reason.as_str().to_owned()), ..none })
        }
        Change::BanCreated { user_id } | Change::BanDeleted { user_id } => (Some(user_id), None, none),
        Change::InvitationCreated { invitation_id } | Change::InvitationDeleted { invitation_id } => {
            (None, None, Detail { invitation: Some(invitation_id.to_string()), ..none })
        }
        Change::MessageCreated(id) | Change::MessageUpdated(id) | Change::MessageDeleted(id) => {
            (None, Some(id), none)
        }
        Change::ReactionCreated { message_id, user_id, tally: Tally { emoji, count } }
        | Change::ReactionDeleted { message_id, user_id, tally: Tally { emoji, count } } => {
            let emoji = Some(emoji.as_str().to_owned());
            (Some(user_id), Some(message_id), Detail { emoji, count: Some(count), ..none })
        }
        Change::PinCreated { message_id } | Change::PinDeleted { message_id } => (None, Some(message_id), none),
    }
}

/// The change of a row; `None` if the row lacks a value that its kind needs.
fn change(
    kind: Kind,
    user: Option<UserId>,
    message_id: Option<MessageId>,
    message: Option<Message>,
    detail: Detail,
) -> Option<Change> {
    let name = detail.name.map(ChatroomName::restore);
    let visibility = detail.visibility.and_then(|text| Visibility::restore(&text));
    let role = detail.role.and_then(|text| Role::parse(&text).ok());
    let reason = detail.reason.and_then(|text| MembershipEnd::parse(&text));
    let invitation = detail.invitation.and_then(|text| text.parse().ok());
    let tally = detail.emoji.zip(detail.count).map(|(emoji, count)| Tally { emoji: Emoji::restore(emoji), count });
    Some(match kind {
        Kind::ChatroomCreated => Change::ChatroomCreated { name, visibility: visibility? },
        Kind::ChatroomUpdated => Change::ChatroomUpdated {
            name,
            visibility: visibility?,
            settings: detail.settings.map_or(Some(Settings::default()), SettingsDetail::into_settings)?,
        },
        Kind::ChatroomDeleted => Change::ChatroomDeleted,
        Kind::MembershipCreated => Change::MembershipCreated { user_id: user?, role: role? },
        Kind::MembershipUpdated => Change::MembershipUpdated { user_id: user?, role: role? },
        Kind::MembershipDeleted => Change::MembershipDeleted { user_id: user?, reason: reason? },
        Kind::BanCreated => Change::BanCreated { user_id: user? },
        Kind::BanDeleted => Change::BanDeleted { user_id: user? },
        Kind::InvitationCreated => Change::InvitationCreated { invitation_id: invitation? },
        Kind::InvitationDeleted => Change::InvitationDeleted { invitation_id: invitation? },
        Kind::MessageCreated => Change::MessageCreated(message?),
        Kind::MessageUpdated => Change::MessageUpdated(message?),
        Kind::MessageDeleted => Change::MessageDeleted(message?),
        Kind::ReactionCreated => {
            Change::ReactionCreated { message_id: message_id?, user_id: user?, tally: tally? }
        }
        Kind::ReactionDeleted => {
            Change::ReactionDeleted { message_id: message_id?, user_id: user?, tally: tally? }
        }
        Kind::PinCreated => Change::PinCreated { message_id: message_id? },
        Kind::PinDeleted => Change::PinDeleted { message_id: message_id? },
    })
}
