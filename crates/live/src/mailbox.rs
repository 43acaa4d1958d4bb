//! What a listener is told while it does something else. Bounded, whatever happens meanwhile.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use chit_chat_domain::changes_since::Standing;
use chit_chat_domain::id::ChatroomId;
use parking_lot::Mutex;

use crate::entry::{Entry, Written};
use crate::news::Who;

/// Beyond so many, asides are dropped: they are ephemeral.
const MOST_ASIDES: usize = 16;

/// Of one listener.
pub(crate) struct Mailbox {
    pub(crate) who: Who,
    mail: Mutex<Mail>,
}

/// Since the listener looked the last time.
#[derive(Default)]
pub(crate) struct Mail {
    /// Where there is something new; each once.
    pub(crate) chatrooms: Vec<ChatroomId>,
    /// Something changed for the user alone.
    pub(crate) user_moved: bool,
    parcel: Option<Box<Parcel>>,
    closed: bool,
    waker: Option<Waker>,
}

/// What comes seldom: there are thousands of mailboxes, and most of the time each is empty.
#[derive(Default)]
pub(crate) struct Parcel {
    /// What the listener asked to be read from the log; `None` if the log is gone.
    pub(crate) pages: Vec<(ChatroomId, Option<Vec<Arc<Entry>>>)>,
    /// What no log keeps.
    pub(crate) asides: Vec<(ChatroomId, Written)>,
    pub(crate) standing: Option<Standing>,
    pub(crate) failed: FailedQuestions,
}

/// What the listener has to ask again.
#[derive(Default)]
pub(crate) struct FailedQuestions {
    pub(crate) page: bool,
    pub(crate) standing: bool,
}

/// A listener's place in a chatroom.
pub(crate) struct Seat {
    chatroom: ChatroomId,
    mailbox: Arc<Mailbox>,
    told: AtomicBool,
}

impl Mailbox {
    pub(crate) fn of(who: Who) -> Self {
        Self { who, mail: Mutex::default() }
    }

    /// Changes the mail and wakes the listener.
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

    /// There will be no more.
    pub(crate) fn close(&self) {
        self.put(|mail| mail.closed = true);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.mail.lock().closed
    }

    /// Takes the mail; the waker is called as soon as there is more.
    pub(crate) fn take(&self, waker: &Waker) -> Mail {
        let mut mail = self.mail.lock();
        let closed = mail.closed;
        mem::replace(&mut *mail, Mail { closed, waker: Some(waker.clone()), ..Mail::default() })
    }
}

impl Mail {
    /// Most listeners have one chatroom, and all of them are told of a message at once.
    fn add(&mut self, chatroom: ChatroomId) {
        if self.chatrooms.is_empty() {
            self.chatrooms.reserve_exact(1);
        }
        self.chatrooms.push(chatroom);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// To be added to.
    pub(crate) fn parcel(&mut self) -> &mut Parcel {
        self.parcel.get_or_insert_default()
    }

    /// To be opened.
    pub(crate) fn take_parcel(&mut self) -> Parcel {
        self.parcel.take().map(|parcel| *parcel).unwrap_or_default()
    }
}

impl Seat {
    pub(crate) fn new(chatroom: ChatroomId, mailbox: Arc<Mailbox>) -> Self {
        Self { chatroom, mailbox, told: AtomicBool::new(false) }
    }

    /// There is something new; whoever was told so and did not look yet is not told again.
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
