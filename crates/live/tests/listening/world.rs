//! A hub over a log in memory, and its listeners.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chit_chat_domain::changes_since::UserMemberships;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::event::Event;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::reading::ReadState;
use chit_chat_domain::user::{MockUserRepository, User};
use chit_chat_live::{EncodedEvent, End, Hub, Listener, PrivateChange, Sources, Start, Subscriber, Update, Write};
use parking_lot::{Condvar, Mutex};
use uuid::Uuid;

use crate::log::{Log, TIMEOUT};

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
    test_waker: Arc<TestWaker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Event(ChatroomId, Seq),
    Ephemeral,
    /// The profile of a user who has this name.
    Profile(UserId, u32),
    Private(ChatroomId, PrivateChange),
    CaughtUp,
    End(End),
}

#[derive(Default)]
struct TestWaker {
    wake_count: Mutex<usize>,
    changed: Condvar,
}

struct Writer(&'static [u8]);

pub(crate) fn room(number: u128) -> ChatroomId {
    ChatroomId::from(Uuid::from_u128(number))
}

pub(crate) fn user(number: u128) -> UserId {
    UserId::from(Uuid::from_u128(number))
}

pub(crate) fn subscriber(user: UserId) -> Subscriber {
    Subscriber { user, session: SessionId::from(Uuid::from_u128(7)) }
}

/// Returns the expected entries of a chatroom.
pub(crate) fn entries(room: ChatroomId, seqs: impl IntoIterator<Item = Seq>) -> Vec<Received> {
    seqs.into_iter().map(|seq| Received::Event(room, seq)).collect()
}

/// Polls until the condition holds; panics after [`TIMEOUT`].
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < TIMEOUT, "timed out waiting until {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Reads what [`Writer`] has written, or a typing event.
fn ephemeral(encoded: &EncodedEvent) -> Received {
    let text = std::str::from_utf8(&encoded.json).unwrap();
    match text.split_once(" name") {
        Some((id, name)) => Received::Profile(id.parse().unwrap(), name.parse().unwrap()),
        None => Received::Ephemeral,
    }
}

impl World {
    /// Creates a world with small entries, so that rings hold many.
    pub(crate) fn new() -> Self {
        Self::with(Writer(SMALL))
    }

    /// Creates a world with large entries, so that slow listeners have to read the log.
    pub(crate) fn with_large_entries() -> Self {
        Self::with(Writer(LARGE))
    }

    /// Another instance over the same log.
    pub(crate) fn open_another(&self) -> Self {
        Self::over(Arc::clone(&self.log), Writer(SMALL))
    }

    fn with(writer: Writer) -> Self {
        Self::over(Arc::default(), writer)
    }

    fn over(log: Arc<Log>, writer: Writer) -> Self {
        let (mut users, named) = (MockUserRepository::new(), Arc::clone(&log));
        users.expect_find().returning(move |id| named.find_user(id));
        let hub = Hub::start(Sources::new(log.clone(), log.clone(), Arc::new(users), Box::new(writer))).unwrap();
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

    /// Gives a user another name, and notifies the hub, as the store does.
    pub(crate) fn rename(&self, user: UserId, name: u32) {
        self.log.rename(user, Some(name));
        self.observer().profile_changed(user);
    }

    pub(crate) fn observer(&self) -> Arc<dyn CommitObserver> {
        self.hub.observer().upgrade().unwrap()
    }

    pub(crate) fn follow(&self) {
        self.hub.follow().unwrap();
    }

    /// Calls `follow` until the listener has an item: a failure may be recorded only after the first call.
    pub(crate) fn follow_until_received(&self, test_listener: &mut TestListener) -> Received {
        let mut received = None;
        until("an item is received", || {
            self.follow();
            received = test_listener.poll();
            received.is_some()
        });
        received.unwrap()
    }

    /// Listens to one chatroom from now on.
    pub(crate) fn listen_to(&self, user: UserId, room: ChatroomId) -> TestListener {
        self.listen_from(user, room, self.log.head(room))
    }

    pub(crate) fn listen_from(&self, user: UserId, room: ChatroomId, position: Seq) -> TestListener {
        let start = Start { chatroom: room, position, head: self.log.head(room), read: ReadState::default() };
        TestListener::new(self.hub.listen_to(subscriber(user), start).unwrap())
    }

    /// Listens to all chatrooms from now on.
    pub(crate) fn listen(&self, user: UserId) -> TestListener {
        self.resume(user, |_| None)
    }

    /// Listens to all chatrooms, each from its position on if there is one.
    pub(crate) fn resume(&self, user: UserId, position: impl Fn(ChatroomId) -> Option<Seq>) -> TestListener {
        self.listen_at(user, &self.hub.memberships(subscriber(user)).unwrap(), position)
    }

    /// Listens to the chatrooms of a standing that was read earlier.
    pub(crate) fn listen_at(
        &self,
        user: UserId,
        memberships: &UserMemberships,
        position: impl Fn(ChatroomId) -> Option<Seq>,
    ) -> TestListener {
        let starts = memberships.chatrooms.iter().map(|joined| Start {
            chatroom: joined.chatroom_id,
            position: position(joined.chatroom_id).unwrap_or(joined.head),
            head: joined.head,
            read: joined.read,
        });
        TestListener::new(self.hub.listen(subscriber(user), memberships.into(), starts).unwrap())
    }
}

impl TestListener {
    pub(crate) fn new(listener: Listener) -> Self {
        Self { listener, test_waker: Arc::default() }
    }

    /// Returns the next item if there is one already.
    pub(crate) fn poll(&mut self) -> Option<Received> {
        let waker = Waker::from(Arc::clone(&self.test_waker));
        match self.listener.poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(Update::Event(entry)) => {
                let text = std::str::from_utf8(&entry.encoded.json).unwrap();
                Some(Received::Event(text.parse().unwrap(), entry.seq))
            }
            Poll::Ready(Update::Ephemeral(encoded)) => Some(ephemeral(&encoded)),
            Poll::Ready(Update::Private(room, own)) => Some(Received::Private(room, own)),
            Poll::Ready(Update::CaughtUp) => Some(Received::CaughtUp),
            Poll::Ready(Update::End(end)) => Some(Received::End(end)),
        }
    }

    /// Returns the next item; sleeps until woken, and panics if not woken in time.
    pub(crate) fn next(&mut self) -> Received {
        loop {
            let wake_count = self.wake_count();
            if let Some(received) = self.poll() {
                return received;
            }
            self.test_waker.wait_beyond(wake_count);
        }
    }

    pub(crate) fn expect(&mut self, expected: &[Received]) {
        let received: Vec<Received> = expected.iter().map(|_| self.next()).collect();
        assert_eq!(received, expected);
    }

    pub(crate) fn expect_in_any_order(&mut self, expected: &[Received]) {
        let mut received: Vec<Received> = expected.iter().map(|_| self.next()).collect();
        received.sort_by_key(|received| expected.iter().position(|other| other == received));
        assert_eq!(received, expected);
    }

    /// Returns the number of times the listener was woken.
    pub(crate) fn wake_count(&self) -> usize {
        *self.test_waker.wake_count.lock()
    }

    pub(crate) fn position(&self, room: ChatroomId) -> Option<Seq> {
        self.listener.positions().find(|(id, _)| *id == room).map(|(_, seq)| seq)
    }
}

impl TestWaker {
    fn wait_beyond(&self, count: usize) {
        let mut wake_count = self.wake_count.lock();
        while *wake_count == count {
            assert!(!self.changed.wait_for(&mut wake_count, TIMEOUT).timed_out(), "the listener was not woken");
        }
    }
}

impl Wake for TestWaker {
    fn wake(self: Arc<Self>) {
        *self.wake_count.lock() += 1;
        self.changed.notify_all();
    }
}

impl Write for Writer {
    fn write(&self, event: Event) -> EncodedEvent {
        let text = Bytes::from_static(self.0);
        EncodedEvent { identified: text.clone(), anonymous: text, json: event.chatroom_id.to_string().into() }
    }

    fn write_profile(&self, user: User) -> EncodedEvent {
        let text = Bytes::from_static(self.0);
        let name = user.profile.map(|profile| profile.username.as_str().to_owned()).unwrap_or_default();
        EncodedEvent { identified: text.clone(), anonymous: text, json: format!("{} {name}", user.id).into() }
    }
}
