//! The state that the hub, its threads and the listeners share, and the jobs of the live threads.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use chit_chat_domain::changes_since::UserVersion;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

use crate::cursors::Cursors;
use crate::exchange::Exchange;
use crate::profiles::ChangedProfiles;
use crate::queue::Queue;
use crate::registry::Registry;
use crate::replay::{Failed, Job};
use crate::room::Room;
use crate::rounds::Rounds;
use crate::sources::Sources;
use crate::typing::Typing;

/// The maximum number of chatrooms, and of users, to poll at once. Announcements tell what has changed; polling finds
/// what was not announced, because an instance crashed or another program wrote.
const MAX_POLLED: usize = 5_000;

/// A job of the live threads.
pub(crate) enum Work {
    /// Bring a chatroom up to date.
    Room(Arc<Room>),
    /// Look up the heads of what is in [`Shared::outdated`].
    Heads,
    /// Look up the memberships of a listener's user.
    Memberships(Job),
    /// Unsubscribe a listener that has ended from its chatrooms, which are many.
    Unsubscribe(Cursors),
    /// Send the profile of a user to the listeners of their chatrooms.
    Profile(UserId),
}

pub(crate) struct Shared {
    pub(crate) sources: Sources,
    pub(crate) registry: Registry,
    pub(crate) live: Arc<Queue<Work>>,
    pub(crate) replay: Arc<Queue<Job>>,
    pub(crate) failed: Failed,
    pub(crate) typing: Typing,
    pub(crate) profiles: ChangedProfiles,
    pub(crate) followed_at: Mutex<Option<Instant>>,
    /// One [`Work::Heads`] is queued unless this is empty.
    outdated: Mutex<Outdated>,
    rounds: PollRounds,
    pub(crate) exchange: Exchange,
}

/// The part of the users and chatrooms to poll next.
#[derive(Default)]
struct PollRounds {
    users: Rounds,
    chatrooms: Rounds,
}

/// Users and chatrooms with heads that may have moved.
#[derive(Default)]
struct Outdated {
    users: HashSet<UserId>,
    chatrooms: HashSet<ChatroomId>,
}

impl Shared {
    pub(crate) fn new(sources: Sources) -> Self {
        Self {
            sources,
            registry: Registry::default(),
            live: Arc::default(),
            replay: Arc::default(),
            failed: Failed::default(),
            typing: Typing::default(),
            profiles: ChangedProfiles::default(),
            followed_at: Mutex::default(),
            outdated: Mutex::default(),
            rounds: PollRounds::default(),
            exchange: Exchange::default(),
        }
    }

    pub(crate) fn serve(&self, work: &Work) {
        match work {
            // One page at a time, so that a long log does not delay other chatrooms.
            Work::Room(room) => {
                if room.serve(&self.sources) {
                    self.live.push(Work::Room(Arc::clone(room)));
                }
            }
            Work::Memberships(job) => job.answer(&self.sources, &self.failed),
            Work::Unsubscribe(rooms) => self.unsubscribe(rooms),
            Work::Profile(user) => self.serve_profile(*user),
            Work::Heads => {
                if let Err(error) = self.compare_outdated() {
                    tracing::debug!(%error, "heads that may have moved could not be looked up; the next poll does it");
                }
            }
        }
    }

    /// Drops a job after a panic. The next poll looks up users and chatrooms anyway.
    pub(crate) fn abandon(&self, work: Work) {
        match work {
            Work::Room(room) => room.abandon(),
            Work::Heads | Work::Unsubscribe(_) => {}
            Work::Memberships(job) => self.failed.record(job),
            Work::Profile(user) => self.profiles.fail(user),
        }
    }

    pub(crate) fn unsubscribe(&self, rooms: &Cursors) {
        for (_, cursor) in rooms.iter() {
            self.registry.unsubscribe(&cursor.room, &cursor.subscription);
        }
    }

    pub(crate) fn follow_users(&self) -> Result<(), StoreError> {
        let mut known = self.registry.users();
        self.sources.metrics.users.set(as_gauge(known.len()));
        self.rounds.users.keep_next(&mut known, MAX_POLLED);
        self.compare_users(&known)
    }

    pub(crate) fn follow_chatrooms(&self, now: Instant) -> Result<(), StoreError> {
        let mut rooms = self.registry.rooms();
        self.sources.metrics.chatrooms.set(as_gauge(rooms.len()));
        self.rounds.chatrooms.keep_next(&mut rooms, MAX_POLLED);
        self.compare_chatrooms(&rooms)?;
        for room in rooms {
            room.expire(now);
        }
        Ok(())
    }

    fn compare_outdated(&self) -> Result<(), StoreError> {
        let Outdated { users, chatrooms } = std::mem::take(&mut *self.outdated.lock());
        self.compare(users, chatrooms)
    }

    /// Compares the heads of those among these users and chatrooms that have listeners.
    pub(crate) fn compare(
        &self,
        users: impl IntoIterator<Item = UserId>,
        chatrooms: impl IntoIterator<Item = ChatroomId>,
    ) -> Result<(), StoreError> {
        let known = users.into_iter().filter_map(|user| Some((user, self.registry.version(user)?)));
        self.compare_users(&known.collect::<Vec<_>>())?;
        let rooms = chatrooms.into_iter().filter_map(|chatroom| self.registry.room(chatroom));
        self.compare_chatrooms(&rooms.collect::<Vec<_>>())
    }

    fn compare_users(&self, known: &[(UserId, UserVersion)]) -> Result<(), StoreError> {
        if !known.is_empty() {
            for (user, version) in self.sources.changes_since.of_users(known)? {
                self.registry.user_moved(user, version);
            }
        }
        Ok(())
    }

    /// Compares the heads of these chatrooms with the store's, and brings those behind up to date.
    fn compare_chatrooms(&self, rooms: &[Arc<Room>]) -> Result<(), StoreError> {
        if rooms.is_empty() {
            return Ok(());
        }
        let known: Vec<_> = rooms.iter().map(|room| (room.id, room.head())).collect();
        for (id, head) in self.sources.changes_since.of_chatrooms(&known)? {
            if let Some(room) = self.registry.room(id) {
                room.record_head(head);
            }
        }
        for room in rooms.iter().filter(|room| room.needs_serving()) {
            self.live.push(Work::Room(Arc::clone(room)));
        }
        Ok(())
    }

    /// Queues a look-up of these heads, which may have moved. Look-ups that are still queued are done together.
    pub(crate) fn look_up(
        &self,
        users: impl IntoIterator<Item = UserId>,
        chatrooms: impl IntoIterator<Item = ChatroomId>,
    ) {
        let mut outdated = self.outdated.lock();
        let was_empty = outdated.is_empty();
        outdated.users.extend(users);
        outdated.chatrooms.extend(chatrooms);
        let is_first = was_empty && !outdated.is_empty();
        drop(outdated);
        if is_first {
            self.live.push(Work::Heads);
        }
    }

    /// Records a head of a chatroom, and queues the chatroom if it is behind.
    pub(crate) fn record_head(&self, room: &Arc<Room>, head: Seq) {
        room.record_head(head);
        if room.needs_serving() {
            self.live.push(Work::Room(Arc::clone(room)));
        }
    }

    /// Queues a look-up of a chatroom's head, which may have moved.
    pub(crate) fn check_head(&self, chatroom: ChatroomId) {
        if let Some(room) = self.registry.room(chatroom)
            && room.request_head_check()
        {
            self.live.push(Work::Room(room));
        }
    }
}

impl CommitObserver for Shared {
    fn sent(&self, message: &Message) {
        self.exchange.chatroom_changed(message.chatroom_id);
        if let Some(room) = self.registry.room(message.chatroom_id)
            && room.record_sent(message)
        {
            self.live.push(Work::Room(room));
        }
    }

    fn logged(&self, _: UserId, _: i64) {}

    fn chatroom_moved(&self, chatroom: ChatroomId, head: Seq) {
        self.exchange.chatroom_changed(chatroom);
        if let Some(room) = self.registry.room(chatroom) {
            self.record_head(&room, head);
        }
    }

    fn user_moved(&self, user: UserId) {
        self.exchange.user_changed(user);
        if self.registry.version(user).is_some() {
            self.look_up([user], []);
        }
    }

    fn profile_changed(&self, user: UserId) {
        self.exchange.profile_changed(user);
        self.send_profile(user);
    }

    fn sessions_ended(&self, ended: &[EndedSession]) {
        self.registry.wake_sessions(|session| ended.iter().any(|one| one.id == session));
    }
}

impl Outdated {
    fn is_empty(&self) -> bool {
        self.users.is_empty() && self.chatrooms.is_empty()
    }
}

pub(crate) fn as_gauge(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
