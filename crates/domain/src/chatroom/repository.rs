//! The port that stores chatrooms.

use super::{Access, Chatroom, ChatroomChanges, ChatroomName, Guard, Visibility};
use crate::clock::Timestamp;
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::key::Reach;
use crate::membership::Role;
use crate::message::{Idempotency, Message};
use crate::page::Limit;
use crate::reading::ReadState;
use crate::search::NameQuery;
use crate::store_error::StoreError;

/// A chatroom about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChatroom {
    pub id: ChatroomId,
    pub name: ChatroomName,
    /// The users who may see the chatroom.
    pub visibility: Visibility,
    /// The first member and owner.
    pub creator: UserId,
    /// The other members, without duplicates. Those who must accept first are invited instead.
    pub members: Vec<UserId>,
    pub created_at: Timestamp,
    /// Identifies a repeated request.
    pub idempotency: Option<Idempotency>,
}

/// The outcome of a creation.
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
    /// Too many invitations of the creator wait for these users; nothing is stored.
    InvitedTooOften(Vec<UserId>),
}

/// One of the user's own chatrooms, as in their list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyChatroom {
    pub chatroom: Chatroom,
    /// The user's role in the chatroom.
    pub role: Role,
    /// The other user of a direct chatroom, even if their account is deleted.
    pub other_party: Option<UserId>,
    /// The latest message, which may be deleted.
    pub last_message: Option<Message>,
    pub read: ReadState,
    /// The number of undeleted messages of others after the read marker; [`MAX_UNREAD`](Self::MAX_UNREAD)
    /// means that many or more.
    pub unread_count: i64,
    /// The number of those messages that mention the user or everybody, with the same maximum, except those by
    /// users whom the user blocks.
    pub mention_count: i64,
    /// The time of the latest message or of the user's join, whichever is later, in the order of the list.
    pub active_at: Timestamp,
}

impl MyChatroom {
    /// The maximum of both counts.
    pub const MAX_UNREAD: i64 = 100;

    /// The position of this chatroom in the list that was begun at this time.
    pub fn list_position(&self, begun_at: Timestamp) -> ListPosition {
        ListPosition { active_at: self.active_at, chatroom_id: self.chatroom.id, begun_at }
    }

    /// The time at which a list begins with this page: that of the latest activity in it, but not later than now, in
    /// case another instance's clock is ahead.
    pub fn begun_at(first_page: &[Self], now: Timestamp) -> Timestamp {
        first_page.first().map_or(now, |first| first.active_at.min(now))
    }
}

/// The chatrooms of a user that a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Only those whose name contains this.
    pub query: Option<NameQuery>,
    /// Only those that a key reaches.
    pub reach: Reach,
}

impl ListFilter {
    /// Those whose name contains the query, or all.
    pub fn named(query: Option<NameQuery>) -> Self {
        Self { query, reach: Reach::ALL }
    }
}

/// A position in the list of a user's chatrooms. The list keeps its order while it is paged: messages after its
/// beginning move no chatroom, so that none is missed or repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPosition {
    pub active_at: Timestamp,
    pub chatroom_id: ChatroomId,
    /// The time at which the list was begun.
    pub begun_at: Timestamp,
}

/// Stores chatrooms. Every write takes the chatroom's next seqs and logs its events atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChatroomRepository: Send + Sync {
    /// Stores a chatroom, its members and its invitees.
    fn create_with_members(&self, chatroom: NewChatroom) -> Result<Creation, StoreError>;

    /// Returns [`Creation::Duplicate`] if the creator has used the idempotency key before. Stores nothing.
    fn created_before(&self, chatroom: &NewChatroom) -> Result<Option<Creation>, StoreError>;

    /// The living chatroom and the user's membership in it; outsiders find public chatrooms only.
    fn access(&self, id: ChatroomId, user: UserId) -> Result<Option<Access>, StoreError>;

    /// Changes a chatroom, and returns its new state.
    fn update(
        &self,
        id: ChatroomId,
        changes: ChatroomChanges,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded<Chatroom>, StoreError>;

    /// Turns a chatroom into a tombstone without members.
    fn delete(&self, id: ChatroomId, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError>;

    /// The user's chatrooms that are not hidden, most recently active first, starting after `after`; only those that
    /// the filter lets through; one more than the limit. A page that starts after another keeps the order that the
    /// list had when it was begun.
    fn of_member(
        &self,
        user: UserId,
        filter: ListFilter,
        after: Option<ListPosition>,
        limit: Limit,
    ) -> Result<Vec<MyChatroom>, StoreError>;

    /// Public chatrooms by id, newest first, starting after `after`; one more than the limit.
    fn public(&self, after: Option<ChatroomId>, limit: Limit) -> Result<Vec<Chatroom>, StoreError>;

    /// Erases at most `most` entries of deleted chatrooms, and returns whether any may be left.
    fn purge(&self, most: usize) -> Result<bool, StoreError>;
}

impl dyn ChatroomRepository + '_ {
    /// The living chatroom and the user's membership in it; outsiders find public chatrooms only. denied if there is no such chatroom.
    pub(crate) fn require_access(&self, id: ChatroomId, user: UserId) -> Result<Access, Failure> {
        Ok(self.access(id, user)?.ok_or(Denial::ChatroomNotFound)?)
    }
}
