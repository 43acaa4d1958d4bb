//! A listener: a user's position in each of their chatrooms.

mod memberships;
mod pages;
mod profiles;

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::key::Reach;

use crate::cursors::Cursors;
use crate::entry::{EncodedEvent, Entry};
use crate::mailbox::{Mail, Mailbox, RareMail};
use crate::profiles::Profile;
use crate::replay::{Job, Query};
use crate::shared::{Shared, Work};
use crate::update::{End, Followed, Start, Subscriber, Update};

/// The number of chatrooms up to which a listener unsubscribes where it is dropped, which is on an event loop.
const FEW: usize = 64;

/// Delivers every entry after its positions once and in order, as long as the user is a member.
pub struct Listener {
    shared: Arc<Shared>,
    follows_user: bool,
    /// The chatrooms that it may follow.
    reach: Reach,
    mailbox: Arc<Mailbox>,
    rooms: Cursors,
    /// The seq at which each membership ended, because an older query's result must not start it again.
    left: BTreeMap<ChatroomId, Seq>,
    /// The number of the user's chatrooms without a cursor, because there are too many.
    left_out: usize,
    backlog: Option<Box<Backlog>>,
    /// The number of chatrooms that have not caught up; `None` once [`Update::CaughtUp`] is queued.
    behind: Option<u32>,
    pending: PendingQueries,
    user_moved: bool,
    /// A private state changed in a chatroom whose membership event has not been taken yet.
    private_change_deferred: bool,
}

/// Pending work, allocated only when needed, because most of the thousands of listeners are idle.
#[derive(Default)]
struct Backlog {
    /// Taken, but not delivered yet.
    updates: VecDeque<(Option<ChatroomId>, Update)>,
    /// Chatrooms that may have more entries to take.
    unread: Vec<ChatroomId>,
    /// Chatrooms whose log has to be read, one page at a time in turn.
    waiting: VecDeque<ChatroomId>,
    /// Changed profiles of users who may no longer share a chatroom with the listener's user.
    profiles: Vec<Arc<Profile>>,
}

impl Backlog {
    fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.unread.is_empty() && self.waiting.is_empty() && self.profiles.is_empty()
    }
}

/// Pending requests.
#[derive(Default)]
struct PendingQueries {
    page: bool,
    memberships: bool,
}

impl Listener {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        subscriber: Subscriber,
        follows: Option<Followed>,
        reach: Reach,
        starts: impl IntoIterator<Item = Start>,
    ) -> Option<Self> {
        let mailbox = Arc::new(Mailbox::new(subscriber));
        if !shared.registry.open(&mailbox) {
            return None;
        }
        let starts = starts.into_iter();
        shared.sources.metrics.listeners.increment(1);
        let mut listener = Self {
            shared: Arc::clone(shared),
            follows_user: follows.is_some(),
            reach,
            mailbox,
            rooms: Cursors::with_capacity(starts.size_hint().0),
            left: BTreeMap::new(),
            left_out: follows.map_or(0, |followed| followed.left_out),
            backlog: None,
            behind: Some(0),
            pending: PendingQueries::default(),
            user_moved: false,
            private_change_deferred: false,
        };
        if let Some(Followed { version, .. }) = follows {
            shared.registry.follow_user(subscriber.user, version, &listener.mailbox);
        }
        // Commits between the read of these heads and the first subscription had no observer.
        let unobserved: Vec<_> = starts.filter_map(|start| listener.subscribe(start, true)).collect();
        shared.look_up(follows.map(|_| subscriber.user), unobserved);
        listener.report_caught_up();
        Some(listener)
    }

    /// Returns the next item, or registers the task to be woken when there is one.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Update> {
        loop {
            if let Some((chatroom, update)) = self.next_update() {
                self.record_delivered(chatroom, &update);
                return Poll::Ready(update);
            }
            if self.is_finished() {
                return Poll::Ready(Update::End(End::NotAMember));
            }
            let mail = self.mailbox.take(context.waker());
            if mail.is_closed() {
                return Poll::Ready(Update::End(End::Stopping));
            }
            self.open(mail);
            self.backlog.take_if(|backlog| backlog.is_empty());
            if self.is_idle() {
                return Poll::Pending;
            }
        }
    }

    /// The session of the listener.
    pub fn session(&self) -> SessionId {
        self.mailbox.subscriber.session
    }

    /// Returns whether the instance is stopping, which [`poll`](Self::poll) reports after what is queued.
    pub fn is_stopping(&self) -> bool {
        self.mailbox.is_closed()
    }

    /// The seq delivered last in each chatroom.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = (ChatroomId, Seq)> {
        self.rooms.iter().map(|(id, cursor)| (id, cursor.delivered))
    }

    /// The known head of each chatroom.
    pub fn heads(&self) -> impl Iterator<Item = (ChatroomId, Seq)> {
        self.rooms.iter().map(|(id, cursor)| (id, cursor.room.head()))
    }

    /// The heads that have moved since this time.
    pub fn heads_moved_since(&self, time: Instant) -> impl Iterator<Item = (ChatroomId, Seq)> {
        self.rooms.iter().filter_map(move |(id, cursor)| Some((id, cursor.room.head_moved_since(time)?)))
    }

    /// The number of the user's chatrooms that are not followed, because there are too many.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn is_idle(&self) -> bool {
        let waits = |backlog: &Backlog| {
            let requests_nothing = self.pending.page || backlog.waiting.is_empty();
            backlog.updates.is_empty() && backlog.unread.is_empty() && requests_nothing
        };
        let can_only_wait = self.backlog.as_deref().is_none_or(waits);
        can_only_wait && !self.is_finished()
    }

    fn backlog(&mut self) -> &mut Backlog {
        self.backlog.get_or_insert_default()
    }

    fn next_update(&mut self) -> Option<(Option<ChatroomId>, Update)> {
        self.backlog.as_mut()?.updates.pop_front()
    }

    fn is_finished(&self) -> bool {
        !self.follows_user && self.rooms.is_empty()
    }

    fn record_delivered(&mut self, chatroom: Option<ChatroomId>, update: &Update) {
        if let (Some(chatroom), Update::Event(entry)) = (chatroom, update)
            && let Some(cursor) = self.rooms.get_mut(chatroom)
        {
            cursor.delivered = cursor.delivered.max(entry.seq);
        }
    }

    fn open(&mut self, mut mail: Mail) {
        let RareMail { pages, ephemeral, profiles, memberships, failed } = mail.take_rare();
        if failed.page {
            self.request_pages_again();
        }
        if failed.memberships {
            self.pending.memberships = false;
            self.user_moved = true;
        }
        if pages.is_empty() {
            self.request_next_page();
        }
        // First, while everything taken has been delivered: a user who rejoined starts at a new position.
        if let Some(mut memberships) = memberships {
            self.pending.memberships = false;
            memberships.keep_within(&self.reach);
            self.compare(&memberships);
        }
        let unread = self.backlog.as_mut().map(|backlog| mem::take(&mut backlog.unread)).unwrap_or_default();
        for chatroom in unread.into_iter().chain(mail.chatrooms) {
            self.take_new(chatroom);
        }
        // After the unread chatrooms, so that the next page is requested only once this one has been delivered.
        for (chatroom, page) in pages {
            self.take_page(chatroom, page);
        }
        for (chatroom, encoded) in ephemeral {
            self.take_ephemeral(chatroom, encoded);
        }
        self.take_profiles(profiles);
        self.user_moved |= mail.user_moved;
        if self.follows_user && self.user_moved && !self.pending.memberships {
            self.user_moved = false;
            self.pending.memberships = true;
            let job = self.job(Query::Memberships(self.user()));
            // On the live queue, so that it does not wait for pages, which may be many.
            self.shared.live.push(Work::Memberships(job));
        }
    }

    fn take(&mut self, chatroom: ChatroomId, entries: Vec<Arc<Entry>>) {
        let user = self.user();
        for entry in entries {
            let Some(cursor) = self.rooms.get_mut(chatroom) else {
                return;
            };
            if entry.seq != cursor.taken + 1 {
                continue;
            }
            let seq = entry.seq;
            cursor.taken = seq;
            if seq == cursor.member_at {
                self.user_moved |= mem::take(&mut self.private_change_deferred);
            }
            let is_last = seq > cursor.member_at && entry.is_last_for(user);
            let has_caught_up = cursor.catches_up_at.take_if(|at| *at <= seq).is_some();
            self.backlog().updates.push_back((Some(chatroom), Update::Event(entry)));
            if is_last {
                self.leave(chatroom, seq);
            }
            if has_caught_up {
                self.count_caught_up();
            }
        }
    }

    /// Drops the event if the listener is behind: the user's removal may be among the entries not taken yet.
    fn take_ephemeral(&mut self, chatroom: ChatroomId, encoded: EncodedEvent) {
        if self.rooms.get(chatroom).is_some_and(|cursor| cursor.taken >= cursor.room.head()) {
            self.backlog().updates.push_back((Some(chatroom), Update::Ephemeral(Box::new(encoded))));
        }
    }

    fn count_caught_up(&mut self) {
        if let Some(behind) = &mut self.behind {
            *behind = behind.saturating_sub(1);
        }
        self.report_caught_up();
    }

    fn report_caught_up(&mut self) {
        if self.behind.take_if(|behind| *behind == 0).is_some() {
            self.backlog().updates.push_back((None, Update::CaughtUp));
        }
    }

    fn user(&self) -> UserId {
        self.mailbox.subscriber.user
    }

    fn job(&self, query: Query) -> Job {
        Job { query, mailbox: Arc::clone(&self.mailbox) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let rooms = mem::take(&mut self.rooms);
        if rooms.iter().len() <= FEW {
            self.shared.unsubscribe(&rooms);
        } else {
            self.shared.live.push(Work::Unsubscribe(rooms));
        }
        if self.follows_user {
            self.shared.registry.leave_user(self.user(), &self.mailbox);
        }
        self.shared.registry.close(&self.mailbox);
        self.shared.sources.metrics.listeners.decrement(1);
    }
}
