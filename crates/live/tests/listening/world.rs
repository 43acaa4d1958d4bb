//! A hub over a log in memory, and its listeners.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chit_chat_domain::changes_since::Standing;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::event::Event;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::reading::ReadState;
use chit_chat_live::{End, Hub, Listener, News, Own, Sources, Start, Who, Write, Written};
use parking_lot::{Condvar, Mutex};
use uuid::Uuid;

use crate::log::{Log, PATIENCE};

/// The size of an entry of which a ring holds two.
const LARGE: &[u8] = &[b'x'; 100 * 1_024];
const SMALL: &[u8] = b"x";

pub(crate) struct World {
    pub(crate) log: Arc<Log>,
    pub(crate) hub: Hub,
}

/// A listener that sleeps until woken.
pub(crate) struct TestListener {
    pub(crate) listener: Listener,
    bell: Arc<Bell>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Event(ChatroomId, Seq),
    Aside,
    Own(ChatroomId, Own),
    CaughtUp,
    End(End),
}

#[derive(Default)]
struct Bell {
    rung: Mutex<usize>,
    changed: Condvar,
}

struct Writer(&'static [u8]);

pub(crate) fn room(number: u128) -> ChatroomId {
    ChatroomId::from(Uuid::from_u128(number))
}

pub(crate) fn user(number: u128) -> UserId {
    UserId::from(Uuid::from_u128(number))
}

pub(crate) fn who(user: UserId) -> Who {
    Who { user, session: SessionId::from(Uuid::from_u128(7)) }
}

/// Returns the expected entries of a chatroom.
pub(crate) fn entries(room: ChatroomId, seqs: impl IntoIterator<Item = Seq>) -> Vec<Heard> {
    seqs.into_iter().map(|seq| Heard::Event(room, seq)).collect()
}

/// Polls until the condition holds; panics after [`PATIENCE`].
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

impl World {
    /// Creates a world with small entries, so that rings hold many.
    pub(crate) fn new() -> Self {
        Self::with(Writer(SMALL))
    }

    /// Creates a world with large entries, so that slow listeners have to read the log.
    pub(crate) fn forgetful() -> Self {
        Self::with(Writer(LARGE))
    }

    fn with(writer: Writer) -> Self {
        let log = Arc::new(Log::default());
        let hub = Hub::start(Sources::new(log.clone(), log.clone(), Box::new(writer))).unwrap();
        Self { log, hub }
    }

    /// Sends a message through this instance.
    pub(crate) fn say(&self, room: ChatroomId) -> Seq {
        let message = self.log.send(room);
        self.observer().sent(&message);
        message.seq
    }

    pub(crate) fn say_many(&self, room: ChatroomId, count: usize) {
        for _ in 0..count {
            self.say(room);
        }
    }

    /// Notifies the hub, as the store does, that a chatroom has a new head.
    pub(crate) fn chatroom_moved(&self, room: ChatroomId) {
        self.observer().chatroom_moved(room, self.log.head(room));
    }

    /// Notifies the hub, as the store does, that a user's private state has changed.
    pub(crate) fn user_moved(&self, user: UserId) {
        self.observer().user_moved(user);
    }

    pub(crate) fn observer(&self) -> Arc<dyn CommitObserver> {
        self.hub.observer().upgrade().unwrap()
    }

    pub(crate) fn follow(&self) {
        self.hub.follow().unwrap();
    }

    /// Calls `follow` until the listener has an item: a failure may be recorded only after the first call.
    pub(crate) fn follow_until_heard(&self, test_listener: &mut TestListener) -> Heard {
        let mut heard = None;
        until("something is heard", || {
            self.follow();
            heard = test_listener.poll();
            heard.is_some()
        });
        heard.unwrap()
    }

    /// Listens to one chatroom from now on.
    pub(crate) fn listen_to(&self, user: UserId, room: ChatroomId) -> TestListener {
        self.listen_behind(user, room, self.log.head(room))
    }

    pub(crate) fn listen_behind(&self, user: UserId, room: ChatroomId, position: Seq) -> TestListener {
        let start = Start { chatroom: room, position, head: self.log.head(room), read: ReadState::default() };
        TestListener::new(self.hub.listen_to(who(user), start).unwrap())
    }

    /// Listens to all chatrooms from now on.
    pub(crate) fn listen(&self, user: UserId) -> TestListener {
        self.resume(user, |_| None)
    }

    /// Listens to all chatrooms, each from its position on if there is one.
    pub(crate) fn resume(&self, user: UserId, position: impl Fn(ChatroomId) -> Option<Seq>) -> TestListener {
        self.listen_at(user, &self.hub.standing(who(user)).unwrap(), position)
    }

    /// Listens to the chatrooms of a standing that was read earlier.
    pub(crate) fn listen_at(
        &self,
        user: UserId,
        standing: &Standing,
        position: impl Fn(ChatroomId) -> Option<Seq>,
    ) -> TestListener {
        let starts = standing.chatrooms.iter().map(|joined| Start {
            chatroom: joined.chatroom_id,
            position: position(joined.chatroom_id).unwrap_or(joined.head),
            head: joined.head,
            read: joined.read,
        });
        TestListener::new(self.hub.listen(who(user), standing.version, starts).unwrap())
    }
}

impl TestListener {
    pub(crate) fn new(listener: Listener) -> Self {
        Self { listener, bell: Arc::default() }
    }

    /// Returns the next item if there is one already.
    pub(crate) fn poll(&mut self) -> Option<Heard> {
        let waker = Waker::from(Arc::clone(&self.bell));
        match self.listener.poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(News::Event(entry)) => {
                let text = std::str::from_utf8(&entry.written.json).unwrap();
                Some(Heard::Event(text.parse().unwrap(), entry.seq))
            }
            Poll::Ready(News::Aside(_)) => Some(Heard::Aside),
            Poll::Ready(News::Own(room, own)) => Some(Heard::Own(room, own)),
            Poll::Ready(News::CaughtUp) => Some(Heard::CaughtUp),
            Poll::Ready(News::End(end)) => Some(Heard::End(end)),
        }
    }

    /// Returns the next item; sleeps until woken, and panics if not woken in time.
    pub(crate) fn next(&mut self) -> Heard {
        loop {
            let rung = self.rung();
            if let Some(heard) = self.poll() {
                return heard;
            }
            self.bell.wait_beyond(rung);
        }
    }

    pub(crate) fn expect(&mut self, expected: &[Heard]) {
        let heard: Vec<Heard> = expected.iter().map(|_| self.next()).collect();
        assert_eq!(heard, expected);
    }

    pub(crate) fn expect_in_any_order(&mut self, expected: &[Heard]) {
        let mut heard: Vec<Heard> = expected.iter().map(|_| self.next()).collect();
        heard.sort_by_key(|heard| expected.iter().position(|other| other == heard));
        assert_eq!(heard, expected);
    }

    /// Returns the number of times the listener was woken.
    pub(crate) fn rung(&self) -> usize {
        *self.bell.rung.lock()
    }

    pub(crate) fn position(&self, room: ChatroomId) -> Option<Seq> {
        self.listener.positions().find(|(id, _)| *id == room).map(|(_, seq)| seq)
    }
}

impl Bell {
    fn wait_beyond(&self, count: usize) {
        let mut rung = self.rung.lock();
        while *rung == count {
            assert!(!self.changed.wait_for(&mut rung, PATIENCE).timed_out(), "nobody woke the listener");
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock() += 1;
        self.changed.notify_all();
    }
}

impl Write for Writer {
    fn write(&self, event: Event) -> Written {
        let text = Bytes::from_static(self.0);
        Written { identified: text.clone(), anonymous: text, json: event.chatroom_id.to_string().into() }
    }
}
