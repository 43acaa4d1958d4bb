//! The port that stores messages.

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
    /// Identifies a repeated request.
    pub idempotency: Option<Idempotency>,
    /// The parent, a message of the same chatroom.
    pub reply_to: Option<MessageId>,
    pub mentions: Mentions,
}

/// The outcome of storing a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The message is on disk.
    Stored(Message),
    /// The author used this key in this chatroom before, with content of this digest.
    Duplicate(Message, Idempotency),
    /// The guard did not hold.
    Refused,
}

/// The outcome of storing a message in slow mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlowModeOutcome {
    /// The message was handled like any other.
    Taken(Appended),
    /// The author has to wait until this time.
    TooSoon(Timestamp),
}

/// The part of a chatroom's messages to read; the result is always in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRange {
    /// The newest messages.
    Latest,
    /// The messages directly before a seq.
    Before(Seq),
    /// The messages directly after a seq.
    After(Seq),
    /// The messages on both sides of a seq, including the one at it.
    Around(Seq),
}

/// A range of a chatroom's messages, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The head of the chatroom's log when the messages were read. For the latest messages, both come from the
    /// same snapshot, so the messages stay the latest until the head moves.
    pub head: Seq,
    pub messages: Vec<Message>,
}

/// The permission by which a message is deleted. The store checks it in the transaction of the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleter {
    /// Its author, who may have left the chatroom, but still has an account.
    Author,
    /// A member, if the guard holds.
    Member(Guard),
}

/// Stores messages. Every write takes the chatroom's next seq and logs its event atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MessageRepository: Send + Sync {
    /// Stores a message if the guard holds at the commit. The answer arrives later, so that concurrent sends
    /// share a commit and block no threads. Refuses the first message of a direct chatroom.
    fn append(&self, message: NewMessage, guard: Guard) -> Pending<Appended>;

    /// Stores a message in a chatroom with slow mode, where the author has to wait between two messages. Also stores
    /// the first message of a direct chatroom, and reveals the chatroom to the user who did not open it. An earlier message with the same key is found even if the guard does not hold, as long as the author is a
    /// member.
    fn append_in_slow_mode(&self, message: NewMessage, guard: Guard) -> Result<SlowModeOutcome, StoreError>;

    /// The message that the author of a draft sent earlier to this chatroom with the draft's key, as a duplicate.
    fn sent_before(&self, draft: &NewMessage) -> Result<Option<Appended>, StoreError>;

    /// The message or its tombstone.
    fn find(&self, chatroom: ChatroomId, id: MessageId) -> Result<Option<Message>, StoreError>;

    /// The message or its tombstone, if it is in a living chatroom and this living user wrote it.
    fn find_own(&self, chatroom: ChatroomId, id: MessageId, author: UserId)
    -> Result<Option<Message>, StoreError>;

    /// Messages that `reader` may see; empty for outsiders, and if there are none. One row beyond the limit, at
    /// the far end, means that more follow. `Around` has such a row at both ends: it returns up to one more than
    /// the limit up to and including the seq, and as many after it.
    fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<Option<Excerpt>, StoreError>;

    /// Replaces body and mentions of a message that is still at this revision, keeps the earlier body as a
    /// revision, and returns the new state.
    fn edit(
        &self,
        read: &Message,
        body: MessageBody,
        mentions: Mentions,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Message>, StoreError>;

    /// Turns a message that is still at this revision into a tombstone without reactions, mentions, pin or
    /// revisions, and returns it.
    fn delete(&self, read: &Message, deleter: Deleter, at: Timestamp) -> Result<Guarded<Message>, StoreError>;

    /// The replies to a message, by seq, starting after `after`, including tombstones; one more than the limit.
    fn replies(
        &self,
        chatroom: ChatroomId,
        parent: MessageId,
        after: Seq,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError>;

    /// The messages of a user, newest first, starting after `after`, in chatrooms where they are currently a
    /// member, without tombstones; one more than the limit.
    fn by_author(
        &self,
        author: UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError>;
}

impl PageRange {
    /// Returns whether the page is read backwards, so that the next page is older.
    pub fn reads_backwards(self) -> bool {
        matches!(self, Self::Latest | Self::Before(_))
    }
}

impl Appended {
    /// The message, if it is stored.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Stored(message) | Self::Duplicate(message, _) => Some(message),
            Self::Refused => None,
        }
    }
}

impl NewMessage {
    /// A plain message without an idempotency key.
    pub fn new(
        id: MessageId,
        chatroom_id: ChatroomId,
        author_id: UserId,
        body: MessageBody,
        created_at: Timestamp,
    ) -> Self {
        let (idempotency, reply_to, mentions) = (None, None, Mentions::default());
        Self { id, chatroom_id, author_id, body, created_at, idempotency, reply_to, mentions }
    }

    /// Returns whether the message neither replies to another one nor mentions anybody.
    pub fn is_plain(&self) -> bool {
        self.reply_to.is_none() && self.mentions.is_empty()
    }
}

impl Message {
    /// The message of a draft at this position in the log.
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
