//! A store that fails from a given write on, as if the program had been killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chit_chat_domain::chatroom::{
    Access, Chatroom, ChatroomChanges, ChatroomRepository, Creation, Entrance, Guard, ListFilter, ListPosition,
    MyChatroom, NewChatroom, Seq,
};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::membership::{
    Added, LeaveReason, Leaving, Member, Membership, MembershipRepository, NewMembership, Role, RoleChange,
};
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{
    Appended, Deleter, Excerpt, Message, MessageBody, MessageRepository, NewMessage, PageRange, SlowModeOutcome,
};
use chit_chat_domain::page::Limit;
use chit_chat_domain::pending::Pending;
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::{
    AccountDeletion, Credentials, NewUser, SignedUp, Updated, User, UserChanges, UserRepository,
};

use chit_chat_domain::stores::Stores;

/// The moment of the failure, relative to the last write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

pub(crate) struct Fuse {
    left: AtomicUsize,
    when: When,
}

impl Fuse {
    /// Allows this many writes, and fails with the next.
    pub(crate) fn new(writes: usize, when: When) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(writes + 1), when })
    }

    pub(crate) fn protect(self: &Arc<Self>, stores: &Stores) -> Stores {
        Stores {
            users: Arc::new(Fused { port: stores.users.clone(), fuse: self.clone() }),
            chatrooms: Arc::new(Fused { port: stores.chatrooms.clone(), fuse: self.clone() }),
            memberships: Arc::new(Fused { port: stores.memberships.clone(), fuse: self.clone() }),
            messages: Arc::new(Fused { port: stores.messages.clone(), fuse: self.clone() }),
            ..stores.clone()
        }
    }

    fn write<T>(&self, write: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let blown = Err(StoreError::Unavailable("the fuse has blown".into()));
        match self.left.load(Ordering::SeqCst) {
            0 => return blown,
            left => self.left.store(left - 1, Ordering::SeqCst),
        }
        if self.left.load(Ordering::SeqCst) > 0 {
            return write();
        }
        if self.when == When::After {
            write()?;
        }
        blown
    }
}

struct Fused<T: ?Sized> {
    port: Arc<T>,
    fuse: Arc<Fuse>,
}

type Stored<T> = Result<T, StoreError>;

impl UserRepository for Fused<dyn UserRepository> {
    fn insert(&self, user: NewUser) -> Stored<SignedUp> {
        self.fuse.write(|| self.port.insert(user))
    }

    fn find(&self, id: UserId) -> Stored<Option<User>> {
        self.port.find(id)
    }

    fn is_active(&self, id: UserId) -> Stored<bool> {
        self.port.is_active(id)
    }

    fn find_many(&self, ids: Vec<UserId>) -> Stored<Vec<User>> {
        self.port.find_many(ids)
    }

    fn credentials(&self, folded_username: String) -> Stored<Option<Credentials>> {
        self.port.credentials(folded_username)
    }

    fn list(&self, after: Option<String>, limit: Limit) -> Stored<Vec<User>> {
        self.port.list(after, limit)
    }

    fn update(&self, id: UserId, changes: UserChanges, at: Timestamp) -> Stored<Option<Updated>> {
        self.fuse.write(|| self.port.update(id, changes, at))
    }

    fn delete(&self, id: UserId, deletion: AccountDeletion, at: Timestamp) -> Stored<Option<Vec<EndedSession>>> {
        self.fuse.write(|| self.port.delete(id, deletion, at))
    }

    fn departing(&self) -> Stored<Option<UserId>> {
        self.port.departing()
    }

    fn departed(&self, user: UserId) -> Stored<()> {
        self.fuse.write(|| self.port.departed(user))
    }
}

impl ChatroomRepository for Fused<dyn ChatroomRepository> {
    fn create_with_members(&self, chatroom: NewChatroom) -> Stored<Creation> {
        self.fuse.write(|| self.port.create_with_members(chatroom))
    }

    fn created_before(&self, chatroom: &NewChatroom) -> Stored<Option<Creation>> {
        self.port.created_before(chatroom)
    }

    fn access(&self, id: ChatroomId, user: UserId) -> Stored<Option<Access>> {
        self.port.access(id, user)
    }

    fn update(
        &self,
        id: ChatroomId,
        changes: ChatroomChanges,
        guard: Guard,
        at: Timestamp,
    ) -> Stored<Guarded<Chatroom>> {
        self.fuse.write(|| self.port.update(id, changes, guard, at))
    }

    fn delete(&self, id: ChatroomId, guard: Guard, at: Timestamp) -> Stored<Guarded> {
        self.fuse.write(|| self.port.delete(id, guard, at))
    }

    fn of_member(
        &self,
        user: UserId,
        filter: ListFilter,
        after: Option<ListPosition>,
        limit: Limit,
    ) -> Stored<Vec<MyChatroom>> {
        self.port.of_member(user, filter, after, limit)
    }

    fn public(&self, after: Option<ChatroomId>, limit: Limit) -> Stored<Vec<Chatroom>> {
        self.port.public(after, limit)
    }

    fn purge(&self, most: usize) -> Stored<bool> {
        self.fuse.write(|| self.port.purge(most))
    }
}

impl MembershipRepository for Fused<dyn MembershipRepository> {
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Stored<Option<Member>> {
        self.port.find(chatroom, user)
    }

    fn list(&self, chatroom: ChatroomId, after: Seq, limit: Limit) -> Stored<Vec<Member>> {
        self.port.list(chatroom, after, limit)
    }

    fn add(&self, membership: NewMembership, entrance: Entrance) -> Stored<Added> {
        self.fuse.write(|| self.port.add(membership, entrance))
    }

    fn change_role(&self, target: &Membership, role: Role, guard: Guard, at: Timestamp) -> Stored<RoleChange> {
        self.fuse.write(|| self.port.change_role(target, role, guard, at))
    }

    fn remove(&self, target: &Membership, guard: Guard, at: Timestamp) -> Stored<Guarded> {
        self.fuse.write(|| self.port.remove(target, guard, at))
    }

    fn leave(&self, chatroom: ChatroomId, user: UserId, reason: LeaveReason, at: Timestamp) -> Stored<Leaving> {
        self.fuse.write(|| self.port.leave(chatroom, user, reason, at))
    }

    fn chatrooms_of(&self, user: UserId, most: usize) -> Stored<Vec<ChatroomId>> {
        self.port.chatrooms_of(user, most)
    }
}

impl MessageRepository for Fused<dyn MessageRepository> {
    fn append(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        Pending::ready(self.fuse.write(|| self.port.append(message, guard).wait()))
    }

    fn replies(&self, chatroom: ChatroomId, parent: MessageId, after: Seq, limit: Limit) -> Stored<Vec<Message>> {
        self.port.replies(chatroom, parent, after, limit)
    }

    fn append_in_slow_mode(&self, message: NewMessage, guard: Guard) -> Stored<SlowModeOutcome> {
        self.fuse.write(|| self.port.append_in_slow_mode(message, guard))
    }

    fn sent_before(&self, draft: &NewMessage) -> Stored<Option<Appended>> {
        self.port.sent_before(draft)
    }

    fn find(&self, chatroom: ChatroomId, id: MessageId) -> Stored<Option<Message>> {
        self.port.find(chatroom, id)
    }

    fn find_own(&self, chatroom: ChatroomId, id: MessageId, author: UserId) -> Stored<Option<Message>> {
        self.port.find_own(chatroom, id, author)
    }

    fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Stored<Option<Excerpt>> {
        self.port.page(chatroom, reader, range, limit)
    }

    fn edit(
        &self,
        read: &Message,
        body: MessageBody,
        mentions: Mentions,
        guard: Guard,
        at: Timestamp,
    ) -> Stored<Guarded<Message>> {
        self.fuse.write(|| self.port.edit(read, body, mentions, guard, at))
    }

    fn delete(&self, read: &Message, deleter: Deleter, at: Timestamp) -> Stored<Guarded<Message>> {
        self.fuse.write(|| self.port.delete(read, deleter, at))
    }

    fn by_author(&self, author: UserId, after: Option<MessageId>, limit: Limit) -> Stored<Vec<Message>> {
        self.port.by_author(author, after, limit)
    }
}
