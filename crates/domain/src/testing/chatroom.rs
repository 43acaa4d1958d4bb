//! Builders of chatrooms and of access to them.

use super::{NOW, me, membership, room, valid};
use crate::chatroom::{Access, Chatroom, Seq, Settings, SlowMode, Visibility};
use crate::clock::Timestamp;
use crate::id::ChatroomId;
use crate::membership::Role;

/// A builder of a chatroom.
#[derive(Clone, Debug)]
#[must_use]
pub struct ChatroomBuilder(Chatroom);

/// Starts with [`room`](super::room): private, named "A room", with the default settings and a head of 9.
pub fn chatroom() -> ChatroomBuilder {
    ChatroomBuilder(Chatroom {
        id: room(),
        name: Some(valid("A room")),
        visibility: Visibility::Private,
        settings: Settings::default(),
        created_at: NOW,
        last_seq: 9,
    })
}

/// The access of [`me`](super::me) to a chatroom: as a member with this role, or as an outsider.
pub fn access(chatroom: impl Into<Chatroom>, role: Option<Role>) -> Access {
    let chatroom = chatroom.into();
    let membership =
        role.map(|role| membership().with_chatroom(chatroom.id).with_user(me()).with_role(role).build());
    Access { chatroom, membership }
}

impl ChatroomBuilder {
    pub fn with_id(mut self, id: ChatroomId) -> Self {
        self.0.id = id;
        self
    }

    #[track_caller]
    pub fn with_name(mut self, name: &str) -> Self {
        self.0.name = Some(valid(name));
        self
    }

    /// Sets the visibility; `Direct` also removes the name.
    pub fn with_visibility(mut self, visibility: Visibility) -> Self {
        self.0.visibility = visibility;
        self.0.name = self.0.name.filter(|_| visibility != Visibility::Direct);
        self
    }

    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.0.settings = settings;
        self
    }

    #[track_caller]
    pub fn with_topic(mut self, topic: &str) -> Self {
        self.0.settings.topic = Some(valid(topic));
        self
    }

    /// Sets slow mode, in seconds between two messages.
    #[track_caller]
    pub fn with_slow_mode(mut self, seconds: i64) -> Self {
        self.0.settings.slow_mode = match SlowMode::parse(seconds) {
            Ok(slow_mode) => slow_mode,
            Err(violation) => panic!("{seconds} {violation}"),
        };
        self
    }

    pub fn archived(mut self) -> Self {
        self.0.settings.archived = true;
        self
    }

    pub fn with_created_at(mut self, created_at: Timestamp) -> Self {
        self.0.created_at = created_at;
        self
    }

    /// Sets the head of the log.
    pub fn with_last_seq(mut self, last_seq: Seq) -> Self {
        self.0.last_seq = last_seq;
        self
    }

    pub fn build(self) -> Chatroom {
        self.0
    }
}

impl From<ChatroomBuilder> for Chatroom {
    fn from(builder: ChatroomBuilder) -> Self {
        builder.build()
    }
}
