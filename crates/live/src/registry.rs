//! The open listeners, by chatroom and by user.

use std::collections::HashMap;
use std::sync::Arc;

use chit_chat_domain::changes_since::UserVersion;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use parking_lot::{Mutex, RwLock};

use crate::mailbox::{Mailbox, Mailboxes, Subscription};
use crate::room::Room;

/// The maximum number of listeners of one user on one instance.
const MAX_PER_USER: usize = 50;

#[derive(Default)]
pub(crate) struct Registry {
    rooms: RwLock<HashMap<ChatroomId, Arc<Room>>>,
    users: Mutex<HashMap<UserId, FollowedUser>>,
    open: Mutex<OpenListeners>,
}

/// The listeners that receive a user's private state.
struct FollowedUser {
    version: UserVersion,
    mailboxes: Vec<Arc<Mailbox>>,
}

#[derive(Default)]
struct OpenListeners {
    listeners: Vec<Arc<Mailbox>>,
    per_user: HashMap<UserId, usize>,
    closed: bool,
}

impl Registry {
    pub(crate) fn room(&self, id: ChatroomId) -> Option<Arc<Room>> {
        self.rooms.read().get(&id).cloned()
    }

    pub(crate) fn rooms(&self) -> Vec<Arc<Room>> {
        self.rooms.read().values().cloned().collect()
    }

    /// Subscribes a listener to a chatroom; a chatroom without listeners so far starts at this head.
    /// Returns `true` in that case.
    pub(crate) fn subscribe(
        &self,
        id: ChatroomId,
        head: Seq,
        mailbox: &Arc<Mailbox>,
    ) -> (Arc<Room>, Arc<Subscription>, bool) {
        let subscription = Arc::new(Subscription::new(id, Arc::clone(mailbox)));
        let mut rooms = self.rooms.write();
        let is_first = !rooms.contains_key(&id);
        let room = rooms.entry(id).or_insert_with(|| Arc::new(Room::new(id, head)));
        room.subscribe(Arc::clone(&subscription));
        (Arc::clone(room), subscription, is_first)
    }

    pub(crate) fn unsubscribe(&self, room: &Arc<Room>, subscription: &Arc<Subscription>) {
        let mut rooms = self.rooms.write();
        if room.unsubscribe(subscription) && rooms.get(&room.id).is_some_and(|current| Arc::ptr_eq(current, room))
        {
            rooms.remove(&room.id);
        }
    }

    pub(crate) fn follow_user(&self, user: UserId, version: UserVersion, mailbox: &Arc<Mailbox>) {
        let mut users = self.users.lock();
        let followed = users.entry(user).or_insert_with(|| FollowedUser { version, mailboxes: Vec::new() });
        followed.mailboxes.push(Arc::clone(mailbox));
        followed.moved_to(version);
    }

    pub(crate) fn leave_user(&self, user: UserId, mailbox: &Arc<Mailbox>) {
        let mut users = self.users.lock();
        if let Some(followed) = users.get_mut(&user) {
            followed.mailboxes.retain(|other| !Arc::ptr_eq(other, mailbox));
            if followed.mailboxes.is_empty() {
                users.remove(&user);
            }
        }
    }

    pub(crate) fn users(&self) -> Vec<(UserId, UserVersion)> {
        self.users.lock().iter().map(|(user, followed)| (*user, followed.version)).collect()
    }

    pub(crate) fn version(&self, user: UserId) -> Option<UserVersion> {
        self.users.lock().get(&user).map(|followed| followed.version)
    }

    pub(crate) fn user_moved(&self, user: UserId, version: UserVersion) {
        if let Some(followed) = self.users.lock().get_mut(&user) {
            followed.moved_to(version);
        }
    }

    /// Adds the mailboxes of the streams of all chatrooms of this user.
    pub(crate) fn collect_mailboxes_of(&self, user: UserId, mailboxes: &mut Mailboxes) {
        if let Some(followed) = self.users.lock().get(&user) {
            followed.mailboxes.iter().for_each(|mailbox| mailboxes.add(mailbox));
        }
    }

    pub(crate) fn has_listeners(&self) -> bool {
        !self.open.lock().listeners.is_empty()
    }

    /// Registers a listener, so that it can be woken and closed; returns false if the user has too many.
    pub(crate) fn open(&self, mailbox: &Arc<Mailbox>) -> bool {
        let mut open = self.open.lock();
        let count = open.per_user.entry(mailbox.subscriber.user).or_default();
        if *count >= MAX_PER_USER {
            return false;
        }
        *count += 1;
        open.listeners.push(Arc::clone(mailbox));
        if open.closed {
            mailbox.close();
        }
        true
    }

    pub(crate) fn close(&self, mailbox: &Arc<Mailbox>) {
        let mut open = self.open.lock();
        let Some(index) = open.listeners.iter().position(|other| Arc::ptr_eq(other, mailbox)) else {
            return;
        };
        open.listeners.swap_remove(index);
        if let Some(count) = open.per_user.get_mut(&mailbox.subscriber.user) {
            *count -= 1;
            if *count == 0 {
                open.per_user.remove(&mailbox.subscriber.user);
            }
        }
    }

    pub(crate) fn wake_sessions(&self, which: impl Fn(SessionId) -> bool) {
        let open = self.open.lock();
        open.listeners
            .iter()
            .filter(|mailbox| which(mailbox.subscriber.session))
            .for_each(|mailbox| mailbox.wake());
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.open.lock().closed
    }

    /// Closes every listener, including those opened later.
    pub(crate) fn close_all(&self) {
        let mut open = self.open.lock();
        open.closed = true;
        open.listeners.iter().for_each(|mailbox| mailbox.close());
    }
}

impl FollowedUser {
    fn moved_to(&mut self, version: UserVersion) {
        if self.version != version {
            self.version = version;
            self.mailboxes.iter().for_each(|mailbox| mailbox.put(|mail| mail.user_moved = true));
        }
    }
}
