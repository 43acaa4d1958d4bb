//! The port that keeps chatrooms.

use super::{Access, Chatroom, ChatroomChanges, ChatroomName, Guard, Visibility};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::membership::Role;
use crate::message::{Idempotency, Message};
use crate::page::Limit;
use crate::reading::ReadState;
use crate::store_error::StoreError;

/// A chatroom about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChatroom {
    pub id: ChatroomId,
    pub name: ChatroomName,
    /// Who may know of it.
    pub visibility: Visibility,
    /// Its first member and owner.
    pub creator: UserId,
    /// Its other members, each once.
    pub members: Vec<UserId>,
    pub created_at: Timestamp,
    /// By which a repeated request is recognised.
    pub idempotency: Option<Idempotency>,
}

/// What became of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    /// The chatroom is stored, with its members and its first events.
    Created(Chatroom),
    /// The creator used this idempotency key before, with content of this digest.
    Duplicate(ChatroomId, Idempotency),
    /// These users do not exist; nothing is stored.
    NoSuchUsers(Vec<UserId>),
    /// These users block the creator; nothing is stored.
    BlockedBy(Vec<UserId>),
}

/// One of my chatrooms, as a list of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyChatroom {
    pub chatroom: Chatroom,
    /// What I am in it.
    pub role: Role,
    /// Who else is in it, if it is a direct chatroom; also when their account is gone.
    pub other_party: Option<UserId>,
    /// The latest message, also a deleted one.
    pub last_message: Option<Message>,
    pub read: ReadState,
    /// Other people's messages behind the read marker that are not deleted; so many or more, if it is
    /// [`MOST_UNREAD`](Self::MOST_UNREAD).
    pub unread_count: i64,
    /// How many of them mention the user or everybody; bounded alike.
    pub mention_count: i64,
    /// When the latest message was sent, or the user joined if that was later.
    pub active_at: Timestamp,
}

impl MyChatroom {
    /// Further is not counted.
    pub const MOST_UNREAD: i64 = 100;

    /// Where a list of one's chatrooms goes on behind this one.
    pub fn place(&self) -> Place {
        Place { active_at: self.active_at, chatroom_id: self.chatroom.id }
    }
}

/// A place in the list of one's chatrooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub active_at: Timestamp,
    pub chatroom_id: ChatroomId,
}

/// Keeps chatrooms. Every write takes the chatroom's next seqs and logs its events in one step.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChatroomRepository: Send + Sync {
    /// Stores a chatroom and its members.
    fn create_with_members(&self, chatroom: NewChatroom) -> Result<Creation, StoreError>;

    /// The living chatroom and what the user is to it.
    fn access(&self, id: ChatroomId, user: UserId) -> Result<Option<Access>, StoreError>;

    /// Changes a chatroom; answers it as it is then.
    fn update(
        &self,
        id: ChatroomId,
        changes: ChatroomChanges,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Chatroom>, StoreError>;

    /// Makes a chatroom a tombstone without members.
    fn delete(&self, id: ChatroomId, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// The user's chatrooms that are not hidden, the last active first, from behind `after`, of a folded `query` those
    /// whose name contains it; one more than the limit.
    fn of_member(
        &self,
        user: UserId,
        query: Option<String>,
        after: Option<Place>,
        limit: Limit,
    ) -> Result<Vec<MyChatroom>, StoreError>;

    /// Public chatrooms by id, newest first, from behind `after`, of a folded `query` those whose
    /// name contains it; one more than the limit.
    fn public(
        &self,
        query: Option<String>,
        after: Option<ChatroomId>,
        limit: Limit,
    ) -> Result<Vec<Chatroom>, StoreError>;

    /// Erases at most `most` entries of deleted chatrooms; answers whether any may be left.
    fn purge(&self, most: usize) -> Result<bool, StoreError>;
}
