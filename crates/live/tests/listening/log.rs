//! A store in memory with failures and delays on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use chit_chat_domain::changes_since::{ChangesSince, JoinedChatroom, UserMemberships, UserVersion};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::{Change, Event, EventRepository, MembershipEnd};
use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::reading::ReadState;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{message, user};
use chit_chat_domain::user::User;
use parking_lot::{Condvar, Mutex, MutexGuard};
use uuid::Uuid;

pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// The point at which queries for memberships block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    BeforeReading,
    AfterReading,
}

#[derive(Default, PartialEq, Eq)]
enum Fails {
    #[default]
    Nothing,
    /// Queries for memberships.
    Memberships,
    /// Reads of logs.
    Logs,
    Everything,
}

#[derive(Default)]
pub(crate) struct Log {
    state: Mutex<State>,
    changed: Condvar,
}

/// Whose heads have been queried.
#[derive(Default)]
struct LookedUp {
    chatrooms: BTreeSet<ChatroomId>,
    users: BTreeSet<UserId>,
}

#[derive(Default)]
struct State {
    logs: BTreeMap<ChatroomId, Vec<Event>>,
    members: BTreeMap<(UserId, ChatroomId), (Seq, ReadState)>,
    versions: BTreeMap<UserId, UserVersion>,
    /// The names of users; `None` if the account is deleted.
    names: BTreeMap<UserId, Option<u32>>,
    purged: Vec<ChatroomId>,
    fails: Fails,
    panicking: bool,
    failures: usize,
    reads: usize,
    profile_reads: usize,
    looked_up: LookedUp,
    gate: Option<Gate>,
    waiting: usize,
    delays_queries: bool,
}

impl Log {
    /// Appends a message by a user who never listens.
    pub(crate) fn send(&self, room: ChatroomId) -> Message {
        let mut state = self.state.lock();
        let seq = state.head(room) + 1;
        let id = MessageId::from(Uuid::from_u128(seq.unsigned_abs().into()));
        let message = message().with_id(id).with_chatroom(room).with_seq(seq).with_author(other_user()).build();
        state
            .record(room, Change::MessageCreated(message.clone()))
            .map_or_else(|| panic!("sent to a chatroom that does not exist"), |_| message)
    }

    pub(crate) fn send_many(&self, room: ChatroomId, count: usize) -> Vec<Message> {
        (0..count).map(|_| self.send(room)).collect()
    }

    pub(crate) fn join(&self, room: ChatroomId, user: UserId) -> Seq {
        let mut state = self.state.lock();
        let seq = state.record(room, Change::MembershipCreated { user_id: user, role: Role::Member }).unwrap();
        state.members.insert((user, room), (seq, ReadState::at_joining(seq)));
        state.moved(user);
        seq
    }

    pub(crate) fn remove(&self, room: ChatroomId, user: UserId) -> Seq {
        let mut state = self.state.lock();
        assert!(state.members.remove(&(user, room)).is_some(), "no member");
        state.moved(user);
        let change = Change::MembershipDeleted { user_id: user, reason: MembershipEnd::Removed };
        state.record(room, change).unwrap()
    }

    pub(crate) fn mark(&self, room: ChatroomId, user: UserId, seq: Seq) {
        self.set_read(room, user, |read| read.read_seq = seq);
    }

    pub(crate) fn mute(&self, room: ChatroomId, user: UserId, muted: bool) {
        self.set_read(room, user, |read| read.muted = muted);
    }

    pub(crate) fn hide(&self, room: ChatroomId, user: UserId, seq: Option<Seq>) {
        self.set_read(room, user, |read| read.hidden_seq = seq);
    }

    fn set_read(&self, room: ChatroomId, user: UserId, set: impl FnOnce(&mut ReadState)) {
        let mut state = self.state.lock();
        set(&mut state.members.get_mut(&(user, room)).unwrap().1);
        state.moved(user);
    }

    /// Gives a user this name; `None` deletes the account.
    pub(crate) fn rename(&self, user: UserId, name: Option<u32>) {
        self.state.lock().names.insert(user, name);
    }

    /// Returns a user, as `UserRepository::find` does.
    pub(crate) fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let named = self.answer()?.names.get(&id).copied();
        Ok(named.map(|name| match name {
            Some(name) => user().with_id(id).with_username(&format!("name{name}")).build(),
            None => user().with_id(id).deleted().build(),
        }))
    }

    /// Returns the number of times that the chatrooms were read in which a user is seen.
    pub(crate) fn profile_reads(&self) -> usize {
        self.state.lock().profile_reads
    }

    /// Returns a member's private state.
    pub(crate) fn read_state(&self, room: ChatroomId, user: UserId) -> ReadState {
        self.state.lock().members[&(user, room)].1
    }

    pub(crate) fn delete(&self, room: ChatroomId) -> Seq {
        let mut state = self.state.lock();
        let seq = state.record(room, Change::ChatroomDeleted).unwrap();
        let members: Vec<UserId> =
            state.members.keys().filter(|(_, other)| *other == room).map(|(user, _)| *user).collect();
        for user in members {
            state.members.remove(&(user, room));
            state.moved(user);
        }
        seq
    }

    /// Deletes all entries of a deleted chatroom but the last.
    pub(crate) fn purge(&self, room: ChatroomId) {
        self.state.lock().purged.push(room);
    }

    pub(crate) fn head(&self, room: ChatroomId) -> Seq {
        self.state.lock().head(room)
    }

    pub(crate) fn is_member(&self, room: ChatroomId, user: UserId) -> bool {
        self.state.lock().members.contains_key(&(user, room))
    }

    pub(crate) fn is_deleted(&self, room: ChatroomId) -> bool {
        self.state.lock().is_deleted(room)
    }

    pub(crate) fn is_purged(&self, room: ChatroomId) -> bool {
        self.state.lock().purged.contains(&room)
    }

    pub(crate) fn entry(&self, room: ChatroomId, seq: Seq) -> Change {
        let index = usize::try_from(seq - 1).unwrap();
        self.state.lock().logs[&room][index].change.clone()
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.state.lock().fails = if failing { Fails::Everything } else { Fails::Nothing };
    }

    pub(crate) fn fail_memberships(&self) {
        self.state.lock().fails = Fails::Memberships;
    }

    pub(crate) fn fail_logs(&self) {
        self.state.lock().fails = Fails::Logs;
    }

    pub(crate) fn panic_on_next_read(&self) {
        self.state.lock().panicking = true;
    }

    /// Makes each query yield to other threads before it answers.
    pub(crate) fn delay_queries(&self) {
        self.state.lock().delays_queries = true;
    }

    pub(crate) fn close_gate(&self, gate: Gate) {
        self.state.lock().gate = Some(gate);
    }

    pub(crate) fn open_gate(&self) {
        self.state.lock().gate = None;
        self.changed.notify_all();
    }

    pub(crate) fn until_query_waits(&self) {
        self.until("a thread waits", |state| state.waiting > 0);
    }

    pub(crate) fn failures(&self) -> usize {
        self.state.lock().failures
    }

    /// Returns the number of pages read.
    pub(crate) fn reads(&self) -> usize {
        self.state.lock().reads
    }

    /// Waits for the query for the chatroom's head that follows the opening of its first stream.
    pub(crate) fn until_opened(&self, room: ChatroomId) {
        self.until("the head has been read", |state| state.looked_up.chatrooms.contains(&room));
    }

    /// Waits for the query for the user's version that follows the opening of a stream of all their chatrooms.
    pub(crate) fn until_opened_for(&self, user: UserId) {
        self.until("the version has been read", |state| state.looked_up.users.contains(&user));
    }

    pub(crate) fn until_failures(&self, count: usize) {
        self.until("it has failed", |state| state.failures >= count);
    }

    fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let mut state = self.state.lock();
        while !is_so(&state) {
            let timed_out = self.changed.wait_for(&mut state, TIMEOUT).timed_out();
            assert!(!timed_out, "timed out waiting until {what}");
        }
    }

    fn answer(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let mut state = self.state.lock();
        if state.delays_queries {
            MutexGuard::unlocked(&mut state, thread::yield_now);
        }
        if state.fails == Fails::Everything { Err(self.failure(&mut state)) } else { Ok(state) }
    }

    fn failure(&self, state: &mut State) -> StoreError {
        state.failures += 1;
        self.changed.notify_all();
        StoreError::Unavailable("it fails".into())
    }

    fn pass(&self, state: &mut MutexGuard<'_, State>, gate: Gate) {
        if state.delays_queries {
            MutexGuard::unlocked(state, thread::yield_now);
        }
        state.waiting += 1;
        while state.gate == Some(gate) {
            self.changed.notify_all();
            assert!(!self.changed.wait_for(state, TIMEOUT).timed_out(), "the gate stayed closed");
        }
        state.waiting -= 1;
    }
}

impl State {
    fn head(&self, room: ChatroomId) -> Seq {
        self.logs.get(&room).and_then(|log| log.last()).map_or(0, |event| event.seq)
    }

    fn is_deleted(&self, room: ChatroomId) -> bool {
        let last = self.logs.get(&room).and_then(|log| log.last());
        last.is_some_and(|event| event.change == Change::ChatroomDeleted)
    }

    fn record(&mut self, room: ChatroomId, change: Change) -> Option<Seq> {
        if self.is_deleted(room) {
            return None;
        }
        let seq = self.head(room) + 1;
        let at = Timestamp::from_micros(seq);
        let event = Event { chatroom_id: room, seq, at, actor_id: other_user(), change, parent: None };
        self.logs.entry(room).or_default().push(event);
        Some(seq)
    }

    fn moved(&mut self, user: UserId) {
        *self.versions.entry(user).or_default() += 1;
    }

    fn memberships(&self, user: UserId, most: usize) -> UserMemberships {
        let mine = self.members.iter().filter(|((member, _), _)| *member == user);
        let joined = mine.clone().map(|((_, room), (joined_seq, read))| JoinedChatroom {
            chatroom_id: *room,
            joined_seq: *joined_seq,
            head: self.head(*room),
            read: *read,
        });
        let version = self.versions.get(&user).copied().unwrap_or_default();
        let left_out = mine.count().saturating_sub(most);
        UserMemberships { version, chatrooms: joined.take(most).collect(), left_out }
    }
}

impl EventRepository for Log {
    fn read(&self, room: ChatroomId, after: Seq, head: Seq, limit: Limit) -> Result<Vec<Event>, StoreError> {
        let mut state = self.answer()?;
        if state.fails == Fails::Logs {
            return Err(self.failure(&mut state));
        }
        if std::mem::take(&mut state.panicking) {
            state.failures += 1;
            self.changed.notify_all();
            panic!("a defect");
        }
        state.reads += 1;
        let log = state.logs.get(&room).map(Vec::as_slice).unwrap_or_default();
        let left = if state.purged.contains(&room) { &log[log.len() - 1..] } else { log };
        let page = left.iter().filter(|event| (after + 1..=head).contains(&event.seq)).take(limit.get());
        Ok(page.cloned().collect())
    }
}

impl ChangesSince for Log {
    fn of_chatrooms(&self, known: &[(ChatroomId, Seq)]) -> Result<Vec<(ChatroomId, Seq)>, StoreError> {
        let mut state = self.answer()?;
        state.looked_up.chatrooms.extend(known.iter().map(|(room, _)| *room));
        self.changed.notify_all();
        let heads = known.iter().map(|(room, seq)| (*room, *seq, state.head(*room)));
        Ok(heads.filter(|(_, seq, head)| seq != head).map(|(room, _, head)| (room, head)).collect())
    }

    fn of_users(&self, known: &[(UserId, UserVersion)]) -> Result<Vec<(UserId, UserVersion)>, StoreError> {
        let mut state = self.answer()?;
        state.looked_up.users.extend(known.iter().map(|(user, _)| *user));
        self.changed.notify_all();
        let versions = known.iter().filter_map(|(user, old)| {
            let version = *state.versions.get(user)?;
            (version != *old).then_some((*user, version))
        });
        Ok(versions.collect())
    }

    fn memberships(&self, user: UserId, most: usize) -> Result<UserMemberships, StoreError> {
        let mut state = self.answer()?;
        if state.fails == Fails::Memberships {
            return Err(self.failure(&mut state));
        }
        self.pass(&mut state, Gate::BeforeReading);
        let memberships = state.memberships(user, most);
        self.pass(&mut state, Gate::AfterReading);
        Ok(memberships)
    }

    fn seen_in(&self, user: UserId, most: usize) -> Result<Vec<(ChatroomId, Seq)>, StoreError> {
        let mut state = self.answer()?;
        self.pass(&mut state, Gate::BeforeReading);
        state.profile_reads += 1;
        let chatrooms = state.memberships(user, most).chatrooms;
        Ok(chatrooms.into_iter().map(|joined| (joined.chatroom_id, joined.head)).collect())
    }

    fn is_member(&self, user: UserId, room: ChatroomId) -> Result<bool, StoreError> {
        Ok(self.answer()?.members.contains_key(&(user, room)))
    }
}

/// Returns the author of all messages, who never listens.
fn other_user() -> UserId {
    UserId::from(Uuid::from_u128(99))
}
