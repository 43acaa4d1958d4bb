//! Collects the changes of a transaction, and notifies the observers once it has committed.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::commits::CommitObserver;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::{Appended, Message};
use chit_chat_domain::session::EndedSession;
use chit_chat_domain::store_error::StoreError;

use crate::error::Sql;

/// The messages, heads, profiles and ended sessions that a transaction changes, and the bytes of its log entries.
#[derive(Debug, Default)]
pub struct Changes {
    messages: Vec<Message>,
    logged: Vec<(UserId, i64)>,
    chatrooms: Vec<(ChatroomId, Seq)>,
    users: BTreeSet<UserId>,
    profiles: Vec<UserId>,
    ended: Vec<EndedSession>,
}

impl Changes {
    pub fn message(&mut self, message: &Message) {
        self.messages.push(message.clone());
    }

    /// Records that entries of a log count these bytes for their actor.
    pub fn logged(&mut self, actor: UserId, bytes: i64) {
        self.logged.push((actor, bytes));
    }

    pub fn chatroom(&mut self, chatroom: ChatroomId, head: Seq) {
        self.chatrooms.push((chatroom, head));
    }

    /// Records that a user's head moves; returns whether it has not moved in this transaction before.
    pub fn user(&mut self, user: UserId) -> bool {
        self.users.insert(user)
    }

    /// Records that others see a new profile of a user.
    pub fn profile(&mut self, user: UserId) {
        self.profiles.push(user);
    }

    pub fn ended(&mut self, session: EndedSession) {
        self.ended.push(session);
    }
}

/// An open transaction: its connection, and its changes so far.
#[derive(Debug)]
pub struct Tx<'a, C> {
    pub conn: &'a mut C,
    pub changes: Changes,
}

impl<'a, C> Tx<'a, C> {
    /// Runs the body of a transaction. Each attempt starts without recorded changes.
    pub fn run<T>(conn: &'a mut C, transaction: impl FnOnce(&mut Tx<'_, C>) -> Sql<T>) -> Sql<(T, Changes)> {
        let mut tx = Tx { conn, changes: Changes::default() };
        let done = transaction(&mut tx)?;
        Ok((done, tx.changes))
    }
}

impl<C> Deref for Tx<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.conn
    }
}

impl<C> DerefMut for Tx<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.conn
    }
}

/// The observers of one store. Notify them without holding a lock.
#[derive(Default)]
pub struct Observers(RwLock<Vec<Weak<dyn CommitObserver>>>);

impl Observers {
    pub fn add(&self, observer: Weak<dyn CommitObserver>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.strong_count() > 0);
        all.push(observer);
    }

    /// Notifies the observers of a committed transaction.
    pub fn notify(&self, changes: &Changes) {
        let Changes { messages, logged, chatrooms, users, profiles, ended } = changes;
        // A new profile moves the head of its user.
        if messages.is_empty() && logged.is_empty() && chatrooms.is_empty() && users.is_empty() && ended.is_empty()
        {
            return;
        }
        self.each(|observer| {
            // Messages come first: once published from memory, they need not be read from the log.
            for message in messages {
                observer.sent(message);
            }
            for (actor, bytes) in logged {
                observer.logged(*actor, *bytes);
            }
            for (chatroom, head) in chatrooms {
                observer.chatroom_moved(*chatroom, *head);
            }
            for user in users {
                observer.user_moved(*user);
            }
            for user in profiles {
                observer.profile_changed(*user);
            }
            if !ended.is_empty() {
                observer.sessions_ended(ended);
            }
        });
    }

    /// Notifies the observers of the messages of a committed batch.
    pub(crate) fn notify_of_batch(&self, answers: &[Result<Appended, StoreError>]) {
        self.each(|observer| {
            for answer in answers {
                if let Ok(Appended::Stored(message)) = answer {
                    observer.sent(message);
                }
            }
        });
    }

    /// Calls each observer. The write is committed, so the panic of an observer must not look like its failure.
    fn each(&self, notify: impl Fn(&dyn CommitObserver)) {
        for observer in self.current() {
            if catch_unwind(AssertUnwindSafe(|| notify(&*observer))).is_err() {
                tracing::error!("an observer of commits panicked; it learns of this commit from the log");
            }
        }
    }

    fn current(&self) -> Vec<Arc<dyn CommitObserver>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).collect()
    }
}
