//! Where hints come in and listeners come from.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chit_chat_domain::changes_since::{ChangesSince, Standing, UserVersion};
use chit_chat_domain::event::EventRepository;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::store_error::StoreError;
use metrics::{Counter, Gauge, counter, gauge};
use parking_lot::Mutex;

use crate::entry::{Write, Written};
use crate::listener::Listener;
use crate::news::{Start, Who};
use crate::queue::{Queue, Workers};
use crate::registry::Registry;
use crate::replay::{Failed, Job, MOST_CHATROOMS};
use crate::room::Room;
use crate::typing::Typing;

/// Threads that bring chatrooms up to date.
const LIVE: usize = 2;
/// Threads that read for those who have fallen behind.
const REPLAYING: usize = 2;
/// Heads that are older say nothing about now.
const STALE: Duration = Duration::from_secs(2);

/// Where everything comes from.
pub struct Sources {
    pub(crate) events: Arc<dyn EventRepository>,
    pub(crate) changes_since: Arc<dyn ChangesSince>,
    pub(crate) writer: Box<dyn Write>,
    pub(crate) metrics: Metrics,
}

pub(crate) struct Metrics {
    pub(crate) live_reads: Counter,
    pub(crate) replay_reads: Counter,
    pub(crate) listeners: Gauge,
    chatrooms: Gauge,
    users: Gauge,
}

/// What the live threads do.
pub(crate) enum Work {
    Room(Arc<Room>),
    User(UserId),
    Users,
    Standing(Job),
}

/// What threads and listeners share.
pub(crate) struct Shared {
    pub(crate) sources: Sources,
    pub(crate) registry: Registry,
    pub(crate) live: Arc<Queue<Work>>,
    pub(crate) replay: Arc<Queue<Job>>,
    failed: Failed,
    typing: Typing,
    looking_at_users: AtomicBool,
    followed_at: Mutex<Option<Instant>>,
}

/// All live streams of one instance.
pub struct Hub {
    shared: Arc<Shared>,
    _workers: [Workers; 2],
}

impl Sources {
    /// Reads from a store, writes out like this.
    pub fn new(
        events: Arc<dyn EventRepository>,
        changes_since: Arc<dyn ChangesSince>,
        writer: Box<dyn Write>,
    ) -> Self {
        Self { events, changes_since, writer, metrics: Metrics::new() }
    }
}

impl Metrics {
    fn new() -> Self {
        let reads = |of: &'static str| counter!("chit_chat_stream_reads_total", "for" => of);
        Self {
            live_reads: reads("live"),
            replay_reads: reads("replay"),
            listeners: gauge!("chit_chat_streams"),
            chatrooms: gauge!("chit_chat_followed_chatrooms"),
            users: gauge!("chit_chat_followed_users"),
        }
    }
}

impl Hub {
    /// Starts the threads.
    pub fn start(sources: Sources) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            sources,
            registry: Registry::default(),
            live: Arc::default(),
            replay: Arc::default(),
            failed: Failed::default(),
            typing: Typing::default(),
            looking_at_users: AtomicBool::new(false),
            followed_at: Mutex::default(),
        });
        let [serving, abandoning, replaying, failing] = [(); 4].map(|()| Arc::clone(&shared));
        let live = Workers::start(
            "live",
            LIVE,
            &shared.live,
            move |work| serving.serve(work),
            move |work| abandoning.abandon(work),
        )?;
        let answer = move |job: &Job| job.answer(&replaying.sources, &replaying.failed);
        let replay =
            Workers::start("replay", REPLAYING, &shared.replay, answer, move |job| failing.failed.note(job))?;
        Ok(Self { shared, _workers: [live, replay] })
    }

    /// Where a user is a member, to start from.
    pub fn standing(&self, who: Who) -> Result<Standing, StoreError> {
        self.shared.sources.changes_since.standing(who.user, MOST_CHATROOMS)
    }

    /// Listens to one chatroom; `None` if the user has too many streams already.
    pub fn listen_to(&self, who: Who, start: Start) -> Option<Listener> {
        Listener::new(&self.shared, who, None, [start])
    }

    /// Listens to these chatrooms, and to those that the user joins from this version on; `None` likewise.
    pub fn listen(
        &self,
        who: Who,
        version: UserVersion,
        starts: impl IntoIterator<Item = Start>,
    ) -> Option<Listener> {
        Listener::new(&self.shared, who, Some(version), starts)
    }

    /// A hint: this message was sent through this instance.
    pub fn sent(&self, message: &Message) {
        if let Some(room) = self.shared.registry.room(message.chatroom_id)
            && room.note_sent(message)
        {
            self.shared.live.push(Work::Room(room));
        }
    }

    /// A hint: something may have changed in the chatroom.
    pub fn look(&self, chatroom: ChatroomId) {
        self.shared.look(chatroom);
    }

    /// A hint: something has changed for this user alone.
    pub fn look_at_user(&self, user: UserId) {
        if self.shared.registry.version(user).is_some() {
            self.shared.live.push(Work::User(user));
        }
    }

    /// A hint: something may have changed for users alone.
    pub fn look_at_users(&self) {
        if self.shared.registry.follows_users() && !self.shared.looking_at_users.swap(true, Ordering::AcqRel) {
            self.shared.live.push(Work::Users);
        }
    }

    /// Tells those who listen to the chatroom that a member is writing; not again at once.
    pub fn tell_typing(&self, chatroom: ChatroomId, user: UserId, write: impl FnOnce() -> Written) {
        if let Some(room) = self.shared.registry.room(chatroom)
            && self.shared.typing.is_news(chatroom, user, Instant::now())
        {
            room.tell_aside(&write());
        }
    }

    /// Asks what moved, through whichever instance. Somebody does so a few times a second.
    pub fn follow(&self) -> Result<(), StoreError> {
        let started = Instant::now();
        self.shared.follow_users()?;
        self.follow_chatrooms(started)?;
        self.shared.failed.ask_again();
        self.shared.typing.forget(started);
        *self.shared.followed_at.lock() = Some(started);
        Ok(())
    }

    fn follow_chatrooms(&self, now: Instant) -> Result<(), StoreError> {
        let Shared { registry, sources, .. } = &*self.shared;
        let rooms = registry.rooms();
        sources.metrics.chatrooms.set(as_gauge(rooms.len()));
        if rooms.is_empty() {
            return Ok(());
        }
        let known: Vec<_> = rooms.iter().map(|room| (room.id, room.head())).collect();
        for (id, head) in sources.changes_since.of_chatrooms(&known)? {
            if let Some(room) = registry.room(id) {
                room.note_head(head);
            }
        }
        for room in rooms {
            room.expire(now);
            if room.needs_serving() {
                self.shared.live.push(Work::Room(room));
            }
        }
        Ok(())
    }

    /// Whether the heads are those of now. Without a first [`follow`](Self::follow) nobody else writes.
    pub fn is_current(&self) -> bool {
        self.shared.followed_at.lock().is_none_or(|at| at.elapsed() < STALE)
    }

    /// Wakes the listeners of these sessions, so that they look whether they may still listen.
    pub fn wake_sessions(&self, which: impl Fn(SessionId) -> bool) {
        self.shared.registry.wake_sessions(which);
    }

    /// Whether every stream has been ended.
    pub fn is_closed(&self) -> bool {
        self.shared.registry.is_closed()
    }

    /// Ends every stream, also those that are only about to start.
    pub fn close(&self) {
        self.shared.registry.close_all();
    }
}

impl Shared {
    fn serve(&self, work: &Work) {
        match work {
            // In turn, however long its log: others are to be heard of soon.
            Work::Room(room) => {
                if room.serve(&self.sources) {
                    self.live.push(Work::Room(Arc::clone(room)));
                }
            }
            Work::Standing(job) => job.answer(&self.sources, &self.failed),
            Work::User(user) => {
                let known = self.registry.version(*user).map(|version| (*user, version));
                put_off(self.compare_users(known.as_slice()));
            }
            Work::Users => {
                self.looking_at_users.store(false, Ordering::Release);
                put_off(self.follow_users());
            }
        }
    }

    /// After a defect: users are asked for by each poll anyway, chatrooms if nobody serves them.
    fn abandon(&self, work: Work) {
        match work {
            Work::Room(room) => room.abandon(),
            Work::User(_) | Work::Users => {}
            Work::Standing(job) => self.failed.note(job),
        }
    }

    fn follow_users(&self) -> Result<(), StoreError> {
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

    pub(crate) fn look(&self, chatroom: ChatroomId) {
        if let Some(room) = self.registry.room(chatroom)
            && room.note_look()
        {
            self.live.push(Work::Room(room));
        }
    }
}

/// Each poll asks again.
fn put_off(asked: Result<(), StoreError>) {
    if let Err(error) = asked {
        tracing::debug!(%error, "cannot check which users changed; will retry");
    }
}

fn as_gauge(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
