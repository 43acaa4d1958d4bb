//! The port that keeps messages.

use super::{Idempotency, Message, MessageBody, Revision};
use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::mention::Mentions;
use crate::page::Limit;
use crate::pending::Pending;
use crate::reaction::Reactions;
use crate::store_error::StoreError;

/// A message about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    pub id: MessageId,
    pub chatroom_id: ChatroomId,
    pub author_id: UserId,
    pub body: MessageBody,
    pub created_at: Timestamp,
    /// By which a repeated request is recognised.
    pub idempotency: Option<Idempotency>,
    /// A message of the same chatroom.
    pub reply_to: Option<MessageId>,
    pub mentions: Mentions,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk.
    Stored(Message),
    /// The author used this key in this chatroom before, with content of this digest.
    Duplicate(Message, Idempotency),
    /// The guard did not hold.
    Refused,
}

/// What became of a message that had to wait for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It was looked at, like any other.
    Taken(Appended),
    /// The author has to wait until then.
    TooSoon(Timestamp),
}

/// Which part of a chatroom's messages to read; always given in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRange {
    /// The newest.
    Latest,
    /// Those right before a seq.
    Before(Seq),
    /// Those right after a seq.
    After(Seq),
    /// Those on both sides of a seq, the one there included.
    Around(Seq),
}

/// Some of a chatroom's messages, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The head of the chatroom's log when they were read. Of the latest messages it is the head of
    /// that very moment, so they are the latest for as long as it does not move.
    pub head: Seq,
    pub messages: Vec<Message>,
}

/// Keeps messages. Every write takes the chatroom's next seq and logs its event in one step.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MessageRepository: Send + Sync {
    /// Stores a message if the guard holds when it commits. It answers later, so that concurrent
    /// sends can be written together and need not each block a thread.
    fn append(&self, message: NewMessage, guard: Guard) -> Pending<Appended>;

    /// The same for an author who has to wait between two messages, as the chatroom's slow mode says. A message with the
    /// same key is found also where the guard does not hold, as long as the author is a member.
    fn append_in_turn(&self, message: NewMessage, guard: Guard) -> Result<Turn, StoreError>;

    /// The message or its tombstone.
    fn find(&self, chatroom: ChatroomId, id: MessageId) -> Result<Option<Message>, StoreError>;

    /// Messages as `reader` may see them; nothing for outsiders, and where there is none. One row more
    /// than the limit, at the far end, tells that more follow; `Around` gives at most the limit.
    fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<Option<Excerpt>, StoreError>;

    /// Gives a message that is still at this revision another body and its mentions, and keeps the former body; answers it as
    /// it is then.
    fn edit(
        &self,
        read: &Message,
        body: MessageBody,
        mentions: Mentions,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Message>, StoreError>;

    /// Makes a message that is still at this revision a tombstone, and answers that: without reactions, mentions, pin and
    /// former bodies.
    fn delete(&self, read: &Message, guard: Guard, at: Timestamp) -> Result<Guarded<Message>, StoreError>;

    /// The messages that answer one, by seq, from behind `after`, tombstones too; one more than the limit.
    fn replies(
        &self,
        chatroom: ChatroomId,
        parent: MessageId,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError>;

    /// What somebody wrote, newest first, from behind `after`, in chatrooms where they are a member
    /// now; without tombstones; one more than the limit.
    fn by_author(
        &self,
        author: UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError>;
}

impl PageRange {
    /// Whether the page is read from its end, so that what follows is older.
    pub fn reads_backwards(self) -> bool {
        matches!(self, Self::Latest | Self::Before(_))
    }
}

impl Appended {
    /// The message, if it is there.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Stored(message) | Self::Duplicate(message, _) => Some(message),
            Self::Refused => None,
        }
    }
}

impl NewMessage {
    /// Whether it is tied to nothing else: it answers no message and mentions nobody.
    pub fn is_plain(&self) -> bool {
        self.reply_to.is_none() && self.mentions.is_empty()
    }
}

impl Message {
    /// The message that a draft becomes at this place in the log.
    pub fn stored(draft: NewMessage, seq: Seq) -> Self {
        const FIRST: Revision = 1;
        Self {
            id: draft.id,
            chatroom_id: draft.chatroom_id,
            seq,
            author_id: draft.author_id,
            body: Some(draft.body),
            created_at: draft.created_at,
            edited_at: None,
            deleted_at: None,
            revision: FIRST,
            client_key: draft.idempotency.map(|idempotency| idempotency.key),
            reply_to: draft.reply_to,
            reply_count: 0,
            mentions: draft.mentions,
            reactions: Reactions::default(),
        }
    }
}
