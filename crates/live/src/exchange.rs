//! Exchanges announcements with other instances: what this one has changed, and what they have.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chit_chat_domain::announcements::{Announcements, Changed};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, InstanceId, UserId};
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

/// The interval at which an instance reports that it is running.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);
/// The time within which an announcement with a lower position may still appear, because its transaction is slow.
const LATEST: Duration = Duration::from_secs(15);
/// The maximum numbers of chatrooms, users and profiles in one announcement. Others find further changes by polling, but
/// for profiles.
const MAX_CHANGED: usize = 10_000;

#[derive(Default)]
pub(crate) struct Exchange {
    /// False while no other instance is running; then nothing is collected.
    has_peers: AtomicBool,
    outbox: Mutex<Outbox>,
    inbox: Mutex<Inbox>,
}

/// The changes of this instance that have not been announced.
#[derive(Default)]
struct Outbox {
    chatrooms: HashSet<ChatroomId>,
    users: HashSet<UserId>,
    profiles: HashSet<UserId>,
}

/// The announcements that have been read.
#[derive(Default)]
struct Inbox {
    reported_at: Option<Instant>,
    /// The position up to which all have been read.
    position: i64,
    /// The positions beyond it that have been read, and when.
    seen: Vec<(i64, Instant)>,
}

impl Exchange {
    pub(crate) fn chatroom_changed(&self, chatroom: ChatroomId) {
        if self.has_peers.load(Ordering::Relaxed) {
            insert(&mut self.outbox.lock().chatrooms, chatroom);
        }
    }

    pub(crate) fn user_changed(&self, user: UserId) {
        if self.has_peers.load(Ordering::Relaxed) {
            insert(&mut self.outbox.lock().users, user);
        }
    }

    /// Collects the change also while no other instance is known: nobody polls for profiles, and an instance that has
    /// just started is found by the next report.
    pub(crate) fn profile_changed(&self, user: UserId) {
        insert(&mut self.outbox.lock().profiles, user);
    }

    /// Announces the changes of this instance, and returns those of others. Does nothing but report while there are
    /// no others.
    pub(crate) fn exchange(
        &self,
        announcements: &dyn Announcements,
        instance: InstanceId,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        let now = Instant::now();
        let mut inbox = self.inbox.lock();
        if inbox.reported_at.is_none_or(|reported_at| now.duration_since(reported_at) >= REPORT_INTERVAL) {
            self.report(announcements, instance, at)?;
            inbox.reported_at = Some(now);
        }
        if !self.has_peers.load(Ordering::Relaxed) {
            return Ok(Changed::default());
        }
        self.announce(announcements, instance, at)?;
        inbox.read(announcements, instance, now)
    }

    /// Reports that this instance is running. Without others, what was collected before concerns nobody.
    fn report(
        &self,
        announcements: &dyn Announcements,
        instance: InstanceId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let before = std::mem::take(&mut self.outbox.lock().profiles);
        let reported = announcements.report(instance, at);
        if !matches!(reported, Ok(false)) {
            self.outbox.lock().add_profiles(before);
        }
        self.has_peers.store(reported?, Ordering::Relaxed);
        Ok(())
    }

    fn announce(
        &self,
        announcements: &dyn Announcements,
        instance: InstanceId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Outbox { chatrooms, users, profiles } = std::mem::take(&mut *self.outbox.lock());
        if chatrooms.is_empty() && users.is_empty() && profiles.is_empty() {
            return Ok(());
        }
        let changed = Changed {
            chatrooms: chatrooms.iter().copied().collect(),
            users: users.iter().copied().collect(),
            profiles: profiles.iter().copied().collect(),
        };
        let announced = announcements.announce(instance, changed, at);
        if announced.is_err() {
            let mut outbox = self.outbox.lock();
            for chatroom in chatrooms {
                insert(&mut outbox.chatrooms, chatroom);
            }
            for user in users {
                insert(&mut outbox.users, user);
            }
            outbox.add_profiles(profiles);
        }
        announced
    }
}

impl Outbox {
    fn add_profiles(&mut self, profiles: HashSet<UserId>) {
        for user in profiles {
            insert(&mut self.profiles, user);
        }
    }
}

impl Inbox {
    fn read(
        &mut self,
        announcements: &dyn Announcements,
        instance: InstanceId,
        now: Instant,
    ) -> Result<Changed, StoreError> {
        let seen = self.seen.iter().map(|(position, _)| *position).collect();
        let mut all = Changed::default();
        for announcement in announcements.beyond(instance, self.position, seen)? {
            self.seen.push((announcement.position, now));
            all.chatrooms.extend(announcement.changed.chatrooms);
            all.users.extend(announcement.changed.users);
            all.profiles.extend(announcement.changed.profiles);
        }
        let settled = self.seen.iter().filter(|(_, at)| now.duration_since(*at) >= LATEST);
        self.position = settled.map(|(position, _)| *position).max().unwrap_or(self.position);
        self.seen.retain(|(position, _)| *position > self.position);
        Ok(all)
    }
}

fn insert<T: Eq + std::hash::Hash>(set: &mut HashSet<T>, item: T) {
    if set.len() < MAX_CHANGED {
        set.insert(item);
    }
}
