//! The notifications of a listener, bounded in size.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;

use chit_chat_domain::changes_since::Standing;
use chit_chat_domain::id::ChatroomId;

use crate::entry::{Entry, Written};
use crate::news::Who;
use crate::sync::{AtomicBool, Mutex};

/// The maximum number of pending ephemeral events; further ones are dropped.
const MOST_ASIDES: usize = 16;

/// The mailbox of one listener.
pub(crate) struct Mailbox {
    pub(crate) who: Who,
    mail: Mutex<Mail>,
}

/// The notifications since the listener last looked.
#[derive(Default)]
pub(crate) struct Mail {
    /// Chatrooms with news, without duplicates.
    pub(crate) chatrooms: Vec<ChatroomId>,
    /// True if the user's private state has changed.
    pub(crate) user_moved: bool,
    parcel: Option<Box<Parcel>>,
    closed: bool,
    waker: Option<Waker>,
}

/// Rare notifications, allocated only when needed, because thousands of mailboxes are mostly empty.
#[derive(Default)]
pub(crate) struct Parcel {
    /// Requested pages of the log; `None` if the log is deleted.
    pub(crate) pages: Vec<(ChatroomId, Option<Vec<Arc<Entry>>>)>,
    /// Ephemeral events.
    pub(crate) asides: Vec<(ChatroomId, Written)>,
    pub(crate) standing: Option<Standing>,
    pub(crate) failed: FailedQuestions,
}

/// Requests that failed, for the listener to repeat.
#[derive(Default)]
pub(crate) struct FailedQuestions {
    pub(crate) page: bool,
    pub(crate) standing: bool,
}

/// A listener's subscription to a chatroom.
pub(crate) struct Seat {
    chatroom: ChatroomId,
    mailbox: Arc<Mailbox>,
    told: AtomicBool,
}

impl Mailbox {
    pub(crate) fn of(who: Who) -> Self {
        Self { who, mail: Mutex::default() }
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
    pub(crate) fn parcel(&mut self) -> &mut Parcel {
        self.parcel.get_or_insert_default()
    }

    /// Takes the rare notifications.
    pub(crate) fn take_parcel(&mut self) -> Parcel {
        self.parcel.take().map(|parcel| *parcel).unwrap_or_default()
    }
}

impl Seat {
    pub(crate) fn new(chatroom: ChatroomId, mailbox: Arc<Mailbox>) -> Self {
        Self { chatroom, mailbox, told: AtomicBool::new(false) }
    }

    /// Notifies the listener, unless it has been notified and has not looked yet.
    pub(crate) fn tell(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            self.mailbox.put(|mail| mail.add(self.chatroom));
        }
    }

    pub(crate) fn looks(&self) {
        self.told.store(false, Ordering::Release);
    }

    pub(crate) fn tell_aside(&self, written: &Written) {
        self.mailbox.put(|mail| {
            let asides = &mut mail.parcel().asides;
            if asides.len() < MOST_ASIDES {
                asides.push((self.chatroom, written.clone()));
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
    struct Bell(Notify);

    impl Wake for Bell {
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
        Arc::new(Mailbox::of(Who { user, session }))
    }

    /// Takes the mail until `look` has seen everything.
    fn listen(mailbox: &Mailbox, mut look: impl FnMut(&Mail) -> bool) {
        let bell = Arc::new(Bell(Notify::new()));
        let waker = Waker::from(Arc::clone(&bell));
        while !look(&mailbox.take(&waker)) {
            bell.0.wait();
        }
    }

    #[test]
    fn a_listener_misses_no_message_and_is_told_of_a_chatroom_once() {
        explore(|| {
            let mailbox = mailbox();
            let seat = Arc::new(Seat::new(ChatroomId::from(Uuid::from_u128(3)), Arc::clone(&mailbox)));
            let head = Arc::new(Mutex::new(0));
            let senders = [(); 2].map(|()| {
                let (seat, head) = (Arc::clone(&seat), Arc::clone(&head));
                thread::spawn(move || {
                    *head.lock() += 1;
                    seat.tell();
                })
            });
            listen(&mailbox, |mail| {
                assert!(mail.chatrooms.len() <= 1, "told twice");
                // The listener also clears the flag before it reads.
                mail.chatrooms.iter().for_each(|_| seat.looks());
                !mail.chatrooms.is_empty() && *head.lock() == 2
            });
            for sender in senders {
                sender.join().unwrap();
            }
        });
    }

    #[test]
    fn the_close_wakes_the_listener() {
        explore(|| {
            let mailbox = mailbox();
            let closed = Arc::clone(&mailbox);
            let closing = thread::spawn(move || closed.close());
            listen(&mailbox, Mail::is_closed);
            closing.join().unwrap();
        });
    }
}
