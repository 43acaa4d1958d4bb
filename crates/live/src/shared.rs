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

use crate::queue::Queue;
use crate::registry::Registry;
use crate::replay::{Failed, Job};
use crate::room::Room;
use crate::sources::Sources;
use crate::typing::Typing;

/// A job of the live threads.
pub(crate) enum Work {
    /// Bring a chatroom up to date.
    Room(Arc<Room>),
    /// Look up the users whose private state may have changed.
    Users,
    /// Look up the memberships of a listener's user.
    Standing(Job),
}

pub(crate) struct Shared {
    pub(crate) sources: Sources,
    pub(crate) registry: Registry,
    pub(crate) live: Arc<Queue<Work>>,
    pub(crate) replay: Arc<Queue<Job>>,
    pub(crate) failed: Failed,
    pub(crate) typing: Typing,
    pub(crate) followed_at: Mutex<Option<Instant>>,
    /// Users to look up. One [`Work::Users`] is queued unless this is empty.
    moved: Mutex<HashSet<UserId>>,
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
            followed_at: Mutex::default(),
            moved: Mutex::default(),
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
            Work::Standing(job) => job.answer(&self.sources, &self.failed),
            Work::Users => {
                let moved = std::mem::take(&mut *self.moved.lock());
                let known = moved.into_iter().filter_map(|user| Some((user, self.registry.version(user)?)));
                if let Err(error) = self.compare_users(&known.collect::<Vec<_>>()) {
                    tracing::debug!(%error, "users that moved could not be looked up; the next poll does it");
                }
            }
        }
    }

    /// Drops a job after a panic. The next poll looks up users and chatrooms anyway.
    pub(crate) fn abandon(&self, work: Work) {
        match work {
            Work::Room(room) => room.abandon(),
            Work::Users => {}
            Work::Standing(job) => self.failed.note(job),
        }
    }

    pub(crate) fn follow_users(&self) -> Result<(), StoreError> {
        let known = self.registry.users();
        self.sources.metrics.users.set(as_gauge(known.len()));
        self.compare_users(&known)
    }

    fn compare_users(&self, known: &[(UserId, UserVersion)]) -> Result<(), StoreError> {
        if !known.is_empty() {
            for (user, version) in self.sources.changes_since.of_users(known)? {
                self.registry.user_moved(user, version);
            }
        }
        Ok(())
    }

    /// Queues a look-up of a chatroom's head, which may have moved.
    pub(crate) fn look(&self, chatroom: ChatroomId) {
        if let Some(room) = self.registry.room(chatroom)
            && room.note_look()
        {
            self.live.push(Work::Room(room));
        }
    }
}

impl CommitObserver for Shared {
    fn sent(&self, message: &Message) {
        if let Some(room) = self.registry.room(message.chatroom_id)
            && room.note_sent(message)
        {
            self.live.push(Work::Room(room));
        }
    }

    fn chatroom_moved(&self, chatroom: ChatroomId, head: Seq) {
        if let Some(room) = self.registry.room(chatroom) {
            room.note_head(head);
            if room.needs_serving() {
                self.live.push(Work::Room(room));
            }
        }
    }

    fn user_moved(&self, user: UserId) {
        if self.registry.version(user).is_none() {
            return;
        }
        let mut moved = self.moved.lock();
        let is_first = moved.is_empty();
        moved.insert(user);
        drop(moved);
        if is_first {
            self.live.push(Work::Users);
        }
    }

    fn sessions_ended(&self, ended: &[EndedSession]) {
        self.registry.wake_sessions(|session| ended.iter().any(|one| one.id == session));
    }
}

pub(crate) fn as_gauge(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
