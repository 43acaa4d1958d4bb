//! Events as rows: a kind, the ids that they concern, and a small detail as JSON.

use chit_chat_domain::chatroom::{ChatroomName, Seq, Settings, SlowMode, Topic, Visibility};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, Event, MembershipEnd};
use chit_chat_domain::id::{ChatroomId, InvitationId, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Message;
use chit_chat_domain::reaction::{Emoji, Tally};
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

/// A change to be logged. Of messages only the id is kept, never the text.
#[derive(Clone, Debug)]
pub enum NewChange {
    ChatroomCreated(Option<ChatroomName>, Visibility),
    ChatroomUpdated(Option<ChatroomName>, Visibility, Settings),
    ChatroomDeleted,
    MembershipCreated(UserId, Role),
    MembershipUpdated(UserId, Role),
    MembershipDeleted(UserId, MembershipEnd),
    BanCreated(UserId),
    BanDeleted(UserId),
    InvitationCreated(InvitationId),
    InvitationDeleted(InvitationId),
    MessageUpdated(MessageId),
    MessageDeleted(MessageId),
    ReactionCreated(MessageId, UserId, Tally),
    ReactionDeleted(MessageId, UserId, Tally),
    PinCreated(MessageId),
    PinDeleted(MessageId),
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

/// What the chatroom was set to; earlier entries have none, for there was nothing to set.
#[derive(Deserialize, Serialize)]
struct SettingsDetail {
    topic: Option<String>,
    rename_role: String,
    add_role: String,
    slow_mode_seconds: u16,
    read_only: bool,
}

impl From<Settings> for SettingsDetail {
    fn from(settings: Settings) -> Self {
        Self {
            topic: settings.topic.map(|topic| topic.as_str().to_owned()),
            rename_role: settings.rename_role.as_str().to_owned(),
            add_role: settings.add_role.as_str().to_owned(),
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
            slow_mode: SlowMode::parse(self.slow_mode_seconds.into()).ok()?,
            archived: self.read_only,
        })
    }
}

const CHATROOM_CREATED: &str = "chatroom.created";
const CHATROOM_UPDATED: &str = "chatroom.updated";
const CHATROOM_DELETED: &str = "chatroom.deleted";
const MEMBERSHIP_CREATED: &str = "membership.created";
const MEMBERSHIP_UPDATED: &str = "membership.updated";
const MEMBERSHIP_DELETED: &str = "membership.deleted";
const BAN_CREATED: &str = "ban.created";
const BAN_DELETED: &str = "ban.deleted";
const INVITATION_CREATED: &str = "invitation.created";
const INVITATION_DELETED: &str = "invitation.deleted";
const MESSAGE_UPDATED: &str = "message.updated";
const MESSAGE_DELETED: &str = "message.deleted";
const REACTION_CREATED: &str = "reaction.created";
const REACTION_DELETED: &str = "reaction.deleted";
const PIN_CREATED: &str = "pin.created";
const PIN_DELETED: &str = "pin.deleted";

impl EventRow {
    /// The row of a change.
    pub fn new(chatroom: ChatroomId, seq: Seq, actor: UserId, at: Timestamp, change: NewChange) -> Sql<Self> {
        let (kind, user, message, detail) = columns(change);
        Ok(Self {
            chatroom_id: chatroom.into(),
            seq,
            at: at.into(),
            actor_id: actor.into(),
            kind: kind.to_owned(),
            user_id: user.map(Into::into),
            message_id: message.map(Into::into),
            detail: serde_json::to_string(&detail).map_err(|error| SqlError::Corrupt(error.to_string()))?,
        })
    }

    /// The message that the event shows, unless it only names one.
    pub fn shown_message(&self) -> Option<Key> {
        self.message_id.filter(|_| matches!(self.kind.as_str(), MESSAGE_UPDATED | MESSAGE_DELETED))
    }

    /// The event; `message` is the message that it shows, as it is now.
    pub fn into_event(self, message: Option<Message>) -> Sql<Event> {
        let detail = serde_json::from_str(&self.detail).map_err(|error| SqlError::Corrupt(error.to_string()))?;
        let (user, named) = (self.user_id.map(Into::into), self.message_id.map(Into::into));
        let change = change(&self.kind, user, named, message, detail)
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

fn columns(change: NewChange) -> (&'static str, Option<UserId>, Option<MessageId>, Detail) {
    let chatroom = |name: Option<ChatroomName>, visibility: Visibility| Detail {
        name: name.map(|name| name.as_str().to_owned()),
        visibility: Some(visibility.as_str().to_owned()),
        ..Detail::default()
    };
    let role = |role: Role| Detail { role: Some(role.as_str().to_owned()), ..Detail::default() };
    let invitation = |id: InvitationId| Detail { invitation: Some(id.to_string()), ..Detail::default() };
    let tally = |Tally { emoji, count }: Tally| Detail {
        emoji: Some(emoji.as_str().to_owned()),
        count: Some(count),
        ..Detail::default()
    };
    let none = Detail::default();
    match change {
        NewChange::ChatroomCreated(name, visibility) => (CHATROOM_CREATED, None, None, chatroom(name, visibility)),
        NewChange::ChatroomUpdated(name, visibility, settings) => {
            let settings = Some(settings.into());
            (CHATROOM_UPDATED, None, None, Detail { settings, ..chatroom(name, visibility) })
        }
        NewChange::ChatroomDeleted => (CHATROOM_DELETED, None, None, none),
        NewChange::MembershipCreated(user, as_role) => (MEMBERSHIP_CREATED, Some(user), None, role(as_role)),
        NewChange::MembershipUpdated(user, as_role) => (MEMBERSHIP_UPDATED, Some(user), None, role(as_role)),
        NewChange::MembershipDeleted(user, reason) => {
            let reason = Some(reason.as_str().to_owned());
            (MEMBERSHIP_DELETED, Some(user), None, Detail { reason, ..none })
        }
        NewChange::BanCreated(user) => (BAN_CREATED, Some(user), None, none),
        NewChange::BanDeleted(user) => (BAN_DELETED, Some(user), None, none),
        NewChange::InvitationCreated(id) => (INVITATION_CREATED, None, None, invitation(id)),
        NewChange::InvitationDeleted(id) => (INVITATION_DELETED, None, None, invitation(id)),
        NewChange::MessageUpdated(id) => (MESSAGE_UPDATED, None, Some(id), none),
        NewChange::MessageDeleted(id) => (MESSAGE_DELETED, None, Some(id), none),
        NewChange::ReactionCreated(id, user, now) => (REACTION_CREATED, Some(user), Some(id), tally(now)),
        NewChange::ReactionDeleted(id, user, now) => (REACTION_DELETED, Some(user), Some(id), tally(now)),
        NewChange::PinCreated(id) => (PIN_CREATED, None, Some(id), none),
        NewChange::PinDeleted(id) => (PIN_DELETED, None, Some(id), none),
    }
}

/// `None` if the row lacks what its kind needs.
fn change(
    kind: &str,
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
        CHATROOM_CREATED => Change::ChatroomCreated { name, visibility: visibility? },
        CHATROOM_UPDATED => Change::ChatroomUpdated {
            name,
            visibility: visibility?,
            settings: detail.settings.map_or(Some(Settings::default()), SettingsDetail::into_settings)?,
        },
        CHATROOM_DELETED => Change::ChatroomDeleted,
        MEMBERSHIP_CREATED => Change::MembershipCreated { user_id: user?, role: role? },
        MEMBERSHIP_UPDATED => Change::MembershipUpdated { user_id: user?, role: role? },
        MEMBERSHIP_DELETED => Change::MembershipDeleted { user_id: user?, reason: reason? },
        BAN_CREATED => Change::BanCreated { user_id: user? },
        BAN_DELETED => Change::BanDeleted { user_id: user? },
        INVITATION_CREATED => Change::InvitationCreated { invitation_id: invitation? },
        INVITATION_DELETED => Change::InvitationDeleted { invitation_id: invitation? },
        MESSAGE_UPDATED => Change::MessageUpdated(message?),
        MESSAGE_DELETED => Change::MessageDeleted(message?),
        REACTION_CREATED => Change::ReactionCreated { message_id: message_id?, user_id: user?, tally: tally? },
        REACTION_DELETED => Change::ReactionDeleted { message_id: message_id?, user_id: user?, tally: tally? },
        PIN_CREATED => Change::PinCreated { message_id: message_id? },
        PIN_DELETED => Change::PinDeleted { message_id: message_id? },
        _ => return None,
    })
}
