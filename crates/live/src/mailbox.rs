//! The notifications of a listener, bounded in size.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use chit_chat_domain::changes_since::UserMemberships;
use chit_chat_domain::id::{ChatroomId, UserId};

use crate::entry::{EncodedEvent, Entry};
use crate::profiles::{self, Profile};
use crate::sync::{AtomicBool, Mutex};
use crate::update::Subscriber;

/// The maximum number of pending ephemeral events; further ones are dropped.
const MAX_EPHEMERAL: usize = 16;
/// The maximum number of pending profiles; further ones are dropped.
pub(crate) const MAX_PROFILES: usize = 64;

/// The mailbox of one listener.
pub(crate) struct Mailbox {
    pub(crate) subscriber: Subscriber,
    mail: Mutex<Mail>,
}

/// The notifications since the listener last looked.
#[derive(Default)]
pub(crate) struct Mail {
    /// Chatrooms with new entries, without duplicates.
    pub(crate) chatrooms: Vec<ChatroomId>,
    /// True if the user's private state has changed.
    pub(crate) user_moved: bool,
    rare: Option<Box<RareMail>>,
    closed: bool,
    waker: Option<Waker>,
}

/// Rare notifications, allocated only when needed, because thousands of mailboxes are mostly empty.
#[derive(Default)]
pub(crate) struct RareMail {
    /// Requested pages of the log; `None` if the log is deleted.
    pub(crate) pages: Vec<(ChatroomId, Option<Vec<Arc<Entry>>>)>,
    /// Ephemeral events.
    pub(crate) ephemeral: Vec<(ChatroomId, EncodedEvent)>,
    /// Changed profiles, at most one of each user.
    pub(crate) profiles: Vec<Arc<Profile>>,
    pub(crate) memberships: Option<UserMemberships>,
    pub(crate) failed: FailedQueries,
}

/// Requests that failed, for the listener to repeat.
#[derive(Default)]
pub(crate) struct FailedQueries {
    pub(crate) page: bool,
    pub(crate) memberships: bool,
}

/// A listener's subscription to a chatroom.
pub(crate) struct Subscription {
    chatroom: ChatroomId,
    mailbox: Arc<Mailbox>,
    notified: AtomicBool,
}

/// Mailboxes of different listeners.
#[derive(Default)]
pub(crate) struct Mailboxes(HashMap<*const Mailbox, Arc<Mailbox>>);

impl Mailboxes {
    pub(crate) fn add(&mut self, mailbox: &Arc<Mailbox>) {
        self.0.entry(Arc::as_ptr(mailbox)).or_insert_with(|| Arc::clone(mailbox));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Mailbox>> {
        self.0.values()
    }
}

impl Mailbox {
    pub(crate) fn new(subscriber: Subscriber) -> Self {
        Self { subscriber, mail: Mutex::default() }
    }

    /// Adds notifications and wakes the listener.
    pub(crate) fn put(&self, change: impl FnOnce(&mut Mail)) {
        let mut mail = self.mail.lock();
        change(&mut mail);
        let waker = mail.waker.take();
        drop(mail);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn put_profile(&self, profile: &Arc<Profile>) {
        self.put(|mail| profiles::add(&mut mail.rare().profiles, Arc::clone(profile), MAX_PROFILES));
    }

    pub(crate) fn wake(&self) {
        self.put(|_| {});
    }

    /// Closes the mailbox.
    pub(crate) fn close(&self) {
        self.put(|mail| mail.closed = true);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.mail.lock().closed
    }

    /// Takes the notifications, and calls the waker as soon as there are more.
    pub(crate) fn take(&self, waker: &Waker) -> Mail {
        let mut mail = self.mail.lock();
        let closed = mail.closed;
        mem::replace(&mut *mail, Mail { closed, waker: Some(waker.clone()), ..Mail::default() })
    }
}

impl Mail {
    /// Adds a chatroom. Most listeners have only one, and a message notifies all of them at once.
    fn add(&mut self, chatroom: ChatroomId) {
        if self.chatrooms.is_empty() {
            self.chatrooms.reserve_exact(1);
        }
        self.chatrooms.push(chatroom);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// The rare notifications, to be added to.
    pub(crate) fn rare(&mut self) -> &mut RareMail {
        self.rare.get_or_insert_default()
    }

    /// Takes the rare notifications.
    pub(crate) fn take_rare(&mut self) -> RareMail {
        self.rare.take().map(|rare| *rare).unwrap_or_default()
    }
}

impl Subscription {
    pub(crate) fn new(chatroom: ChatroomId, mailbox: Arc<Mailbox>) -> Self {
        Self { chatroom, mailbox, notified: AtomicBool::new(false) }
    }

    /// Notifies the listener, unless it has been notified and has not looked yet.
    pub(crate) fn notify(&self) {
        if !self.notified.swap(true, Ordering::AcqRel) {
            self.mailbox.put(|mail| mail.add(self.chatroom));
        }
    }

    pub(crate) fn clear_notified(&self) {
        self.notified.store(false, Ordering::Release);
    }

    pub(crate) fn user(&self) -> UserId {
        self.mailbox.subscriber.user
    }

    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    pub(crate) fn send_ephemeral(&self, encoded: &EncodedEvent) {
        self.mailbox.put(|mail| {
            let ephemeral = &mut mail.rare().ephemeral;
            if ephemeral.len() < MAX_EPHEMERAL {
                ephemeral.push((self.chatroom, encoded.clone()));
            }
        });
    }
}

#[cfg(all(test, loom))]
mod interleavings {
    use std::task::Wake;

    use chit_chat_domain::id::{SessionId, UserId};
    use loom::model::Builder;
    use loom::sync::Notify;
    use loom::thread;
    use uuid::Uuid;

    use super::*;

    /// Two preemptions find nearly all locking bugs; more would take minutes.
    const PREEMPTIONS: usize = 2;

    /// Wakes the listener.
    struct TestWaker(Notify);

    impl Wake for TestWaker {
        fn wake(self: Arc<Self>) {
            self.0.notify();
        }
    }

    fn explore(model: impl Fn() + Send + Sync + 'static) {
        let mut builder = Builder::new();
        builder.preemption_bound = Some(PREEMPTIONS);
        builder.check(model);
    }

    fn mailbox() -> Arc<Mailbox> {
        let (user, session) = (UserId::from(Uuid::from_u128(1)), SessionId::from(Uuid::from_u128(2)));
        Arc::new(Mailbox::new(Subscriber { user, session }))
    }

    /// Takes the mail until `look` has seen everything.
    fn listen(mailbox: &Mailbox, mut look: impl FnMut(&Mail) -> bool) {
        let test_waker = Arc::new(TestWaker(Notify::new()));
        let waker = Waker::from(Arc::clone(&test_waker));
        while !look(&mailbox.take(&waker)) {
            test_waker.0.wait();
        }
    }

    #[test]
    fn listener_misses_no_message_and_is_notified_once() {
        explore(|| {
            let mailbox = mailbox();
            let subscription =
                Arc::new(Subscription::new(ChatroomId::from(Uuid::from_u128(3)), Arc::clone(&mailbox)));
            let head = Arc::new(Mutex::new(0));
            let senders = [(); 2].map(|()| {
                let (subscription, head) = (Arc::clone(&subscription), Arc::clone(&head));
                thread::spawn(move || {
                    *head.lock() += 1;
                    subscription.notify();
                })
            });
            listen(&mailbox, |mail| {
                assert!(mail.chatrooms.len() <= 1, "notified twice");
                // The listener also clears the flag before it reads.
                mail.chatrooms.iter().for_each(|_| subscription.clear_notified());
                !mail.chatrooms.is_empty() && *head.lock() == 2
            });
            for sender in senders {
                sender.join().unwrap();
            }
        });
    }

    #[test]
    fn close_wakes_listener() {
        explore(|| {
            let mailbox = mailbox();
            let closed = Arc::clone(&mailbox);
            let closing = thread::spawn(move || closed.close());
            listen(&mailbox, Mail::is_closed);
            closing.join().unwrap();
        });
    }
}
