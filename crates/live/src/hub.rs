//! Starts the threads behind the streams of one instance, opens listeners, and polls for other instances' writes.

use std::io;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use chit_chat_domain::announcements::{Announcements, Changed};
use chit_chat_domain::changes_since::UserMemberships;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::id::{ChatroomId, InstanceId, SessionId, UserId};
use chit_chat_domain::key::Reach;
use chit_chat_domain::store_error::StoreError;

use crate::entry::EncodedEvent;
use crate::listener::Listener;
use crate::queue::Workers;
use crate::replay::{Job, MAX_CHATROOMS};
use crate::shared::Shared;
use crate::sources::Sources;
use crate::update::{Followed, Start, Subscriber};

/// The number of threads that update the rings of chatrooms.
const LIVE_THREADS: usize = 2;
/// The number of threads that read the log for listeners that have fallen behind.
const REPLAY_THREADS: usize = 2;
/// The age from which polled heads no longer count as current.
const STALE: Duration = Duration::from_secs(2);

/// All live streams of one instance.
pub struct Hub {
    shared: Arc<Shared>,
    _workers: [Workers; 2],
}

impl Hub {
    /// Starts the threads.
    pub fn start(sources: Sources) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(sources));
        let [serving, abandoning, replaying, failing] = [(); 4].map(|()| Arc::clone(&shared));
        let live = Workers::start(
            "live",
            LIVE_THREADS,
            &shared.live,
            move |work| serving.serve(work),
            move |work| abandoning.abandon(work),
        )?;
        let answer = move |job: &Job| job.answer(&replaying.sources, &replaying.failed);
        let replay = Workers::start("replay", REPLAY_THREADS, &shared.replay, answer, move |job| {
            failing.failed.record(job);
        })?;
        Ok(Self { shared, _workers: [live, replay] })
    }

    /// The observer to attach to the store, so that commits reach listeners without a poll.
    pub fn observer(&self) -> Weak<dyn CommitObserver> {
        let shared: Weak<Shared> = Arc::downgrade(&self.shared);
        shared
    }

    /// Reads the user's memberships, from which [`listen`](Self::listen) starts.
    pub fn memberships(&self, subscriber: Subscriber) -> Result<UserMemberships, StoreError> {
        self.shared.sources.changes_since.memberships(subscriber.user, MAX_CHATROOMS)
    }

    /// Listens to one chatroom; `None` if the user has too many streams already.
    pub fn listen_to(&self, subscriber: Subscriber, start: Start) -> Option<Listener> {
        Listener::new(&self.shared, subscriber, None, Reach::ALL, [start])
    }

    /// Listens to these chatrooms and to those that the user joins afterwards; `None` if the user has too many
    /// streams already.
    pub fn listen(
        &self,
        subscriber: Subscriber,
        followed: Followed,
        starts: impl IntoIterator<Item = Start>,
    ) -> Option<Listener> {
        self.listen_within(Reach::ALL, subscriber, followed, starts)
    }

    /// Listens like [`listen`](Self::listen), but only to chatrooms that a key reaches.
    pub fn listen_within(
        &self,
        reach: Reach,
        subscriber: Subscriber,
        followed: Followed,
        starts: impl IntoIterator<Item = Start>,
    ) -> Option<Listener> {
        Listener::new(&self.shared, subscriber, Some(followed), reach, starts)
    }

    /// Notifies the other listeners of a chatroom that a member is typing, unless they were notified a moment ago.
    pub fn tell_typing(&self, chatroom: ChatroomId, user: UserId, write: impl FnOnce() -> EncodedEvent) {
        if let Some(room) = self.shared.registry.room(chatroom)
            && self.shared.typing.is_new(chatroom, user, Instant::now())
        {
            room.send_ephemeral(user, &write());
        }
    }

    /// Announces what this instance has changed, and looks up what others announce. To be called a few times a second.
    pub fn exchange(
        &self,
        announcements: &dyn Announcements,
        instance: InstanceId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Changed { chatrooms, users, profiles } = self.shared.exchange.exchange(announcements, instance, at)?;
        // First, because nobody polls for them.
        for user in profiles {
            self.shared.send_profile(user);
        }
        self.shared.compare(users, chatrooms)
    }

    /// Polls the heads of chatrooms and users with listeners, a number of them each time, to find what no instance
    /// has announced. To be called a few times a second.
    pub fn follow(&self) -> Result<(), StoreError> {
        let started = Instant::now();
        self.shared.follow_users()?;
        self.shared.follow_chatrooms(started)?;
        self.shared.failed.retry();
        self.shared.resume_profiles(started);
        self.shared.typing.forget(started);
        *self.shared.followed_at.lock() = Some(started);
        Ok(())
    }

    /// Returns whether the last poll is recent, or [`follow`](Self::follow) has never been called, as in tests.
    pub fn is_current(&self) -> bool {
        self.shared.followed_at.lock().is_none_or(|at| at.elapsed() < STALE)
    }

    /// Wakes the listeners of these sessions, so that they check whether their session is still valid.
    pub fn wake_sessions(&self, which: impl Fn(SessionId) -> bool) {
        self.shared.registry.wake_sessions(which);
    }

    /// Returns whether [`close`](Self::close) has been called.
    pub fn is_closed(&self) -> bool {
        self.shared.registry.is_closed()
    }

    /// Ends every stream, including those opened later.
    pub fn close(&self) {
        self.shared.registry.close_all();
    }
}
