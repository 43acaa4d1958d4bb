//! Builders of messages.

use super::{NOW, me, message_id, room, valid};
use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::mention::Mentions;
use crate::message::{IdempotencyKey, Message, Revision};
use crate::reaction::Reactions;

/// A builder of a message.
#[derive(Clone, Debug)]
#[must_use]
pub struct MessageBuilder(Message);

/// Starts with "hello" from [`me`](super::me) in [`room`](super::room), never edited, at seq 7.
pub fn message() -> MessageBuilder {
    MessageBuilder(Message {
        id: message_id(),
        chatroom_id: room(),
        seq: 7,
        author_id: me(),
        body: Some(valid("hello")),
        created_at: NOW,
        edited_at: None,
        deleted_at: None,
        revision: 1,
        client_key: None,
        reply_to: None,
        reply_count: 0,
        mentions: Mentions::default(),
        reactions: Reactions::default(),
    })
}

impl MessageBuilder {
    pub fn with_id(mut self, id: MessageId) -> Self {
        self.0.id = id;
        self
    }

    pub fn with_chatroom(mut self, chatroom: ChatroomId) -> Self {
        self.0.chatroom_id = chatroom;
        self
    }

    pub fn with_seq(mut self, seq: Seq) -> Self {
        self.0.seq = seq;
        self
    }

    pub fn with_author(mut self, author: UserId) -> Self {
        self.0.author_id = author;
        self
    }

    #[track_caller]
    pub fn with_body(mut self, body: &str) -> Self {
        self.0.body = Some(valid(body));
        self
    }

    pub fn with_created_at(mut self, created_at: Timestamp) -> Self {
        self.0.created_at = created_at;
        self
    }

    pub fn with_revision(mut self, revision: Revision) -> Self {
        self.0.revision = revision;
        self
    }

    pub fn with_key(mut self, key: IdempotencyKey) -> Self {
        self.0.client_key = Some(key);
        self
    }

    pub fn with_reply_to(mut self, parent: MessageId) -> Self {
        self.0.reply_to = Some(parent);
        self
    }

    pub fn with_reply_count(mut self, replies: i32) -> Self {
        self.0.reply_count = replies;
        self
    }

    pub fn with_mentions(mut self, mentions: Mentions) -> Self {
        self.0.mentions = mentions;
        self
    }

    /// Adds a reaction with this emoji.
    #[track_caller]
    pub fn with_reaction(mut self, emoji: &str) -> Self {
        self.0.reactions = self.0.reactions.with(&valid(emoji));
        self
    }

    /// Edits the message once more, at this time.
    pub fn edited(mut self, at: Timestamp) -> Self {
        self.0.edited_at = Some(at);
        self.0.revision += 1;
        self
    }

    /// Turns the message into a tombstone, deleted at this time.
    pub fn deleted(mut self, at: Timestamp) -> Self {
        self.0.body = None;
        self.0.deleted_at = Some(at);
        self.0.revision += 1;
        self
    }

    pub fn build(self) -> Message {
        self.0
    }
}

impl From<MessageBuilder> for Message {
    fn from(builder: MessageBuilder) -> Self {
        builder.build()
    }
}
