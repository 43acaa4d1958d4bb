//! Users whose profile has changed, until the listeners of their chatrooms have it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

use crate::entry::EncodedEvent;
use crate::mailbox::Mailboxes;
use crate::replay::MAX_CHATROOMS;
use crate::shared::{Shared, Work};

/// The interval in which the profile of the same user is sent once; a change in between waits for its end.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// The maximum number of users that wait; further changes are dropped.
const MAX_CHANGED: usize = 10_000;

/// A profile to send, shared by all listeners.
pub(crate) struct Profile {
    pub(crate) user: UserId,
    /// The chatrooms whose members see the user, by id, and the heads of their logs after the change. A listener that
    /// has taken everything up to one of these heads, and still follows the chatroom, belongs to a member.
    pub(crate) seen_in: Vec<(ChatroomId, Seq)>,
    pub(crate) encoded: EncodedEvent,
}

impl Profile {
    /// The head of a chatroom whose members see the user.
    pub(crate) fn head(&self, chatroom: ChatroomId) -> Option<Seq> {
        let at = self.seen_in.binary_search_by_key(&chatroom, |(id, _)| *id).ok()?;
        self.seen_in.get(at).map(|(_, head)| *head)
    }
}

/// Adds a profile, in the place of an older one of the same user; drops it if there are as many as this already.
pub(crate) fn add<P: std::ops::Deref<Target = Profile>>(profiles: &mut Vec<P>, profile: P, most: usize) {
    profiles.retain(|other| other.user != profile.user);
    if profiles.len() < most {
        profiles.push(profile);
    }
}

/// The changed profiles that have not been sent. One job sends them, one after the other, so that the last state of
/// each is sent last.
#[derive(Default)]
pub(crate) struct ChangedProfiles(Mutex<State>);

#[derive(Default)]
struct State {
    changed: HashSet<UserId>,
    /// The users whose profile was sent a moment ago.
    recent: HashMap<UserId, Instant>,
    is_job_queued: bool,
}

impl ChangedProfiles {
    /// Records a change; returns the user if the caller has to queue the job for them.
    pub(crate) fn record(&self, user: UserId, now: Instant) -> Option<UserId> {
        let mut state = self.0.lock();
        if state.is_job_queued || !state.is_due(user, now) {
            state.add(user);
            return None;
        }
        state.begin(user, now);
        Some(user)
    }

    /// Returns a user who waits if the caller has to queue the job for them. Forgets what was sent a while ago.
    pub(crate) fn resume(&self, now: Instant) -> Option<UserId> {
        let mut state = self.0.lock();
        state.recent.retain(|_, at| now.duration_since(*at) < AGAIN_AFTER);
        if state.is_job_queued { None } else { state.next(now) }
    }

    /// Ends the job for one user; returns the next one.
    pub(crate) fn finish(&self, now: Instant) -> Option<UserId> {
        let mut state = self.0.lock();
        state.is_job_queued = false;
        state.next(now)
    }

    /// Ends the job; [`resume`](Self::resume) repeats it for this user.
    pub(crate) fn fail(&self, user: UserId) {
        let mut state = self.0.lock();
        state.is_job_queued = false;
        state.add(user);
    }
}

impl State {
    fn add(&mut self, user: UserId) {
        if self.changed.len() < MAX_CHANGED {
            self.changed.insert(user);
        }
    }

    fn is_due(&self, user: UserId, now: Instant) -> bool {
        self.recent.get(&user).is_none_or(|at| now.duration_since(*at) >= AGAIN_AFTER)
    }

    fn next(&mut self, now: Instant) -> Option<UserId> {
        let next = self.changed.iter().copied().find(|user| self.is_due(*user, now))?;
        self.begin(next, now);
        Some(next)
    }

    fn begin(&mut self, user: UserId, now: Instant) {
        self.changed.remove(&user);
        self.recent.insert(user, now);
        self.is_job_queued = true;
    }
}

impl Shared {
    /// Queues a user's changed profile, if anybody listens.
    pub(crate) fn send_profile(&self, user: UserId) {
        if self.registry.has_listeners() {
            self.queue_profile(self.profiles.record(user, Instant::now()));
        }
    }

    /// Queues a profile that could not be read, or that waits because it was sent a moment ago.
    pub(crate) fn resume_profiles(&self, now: Instant) {
        self.queue_profile(self.profiles.resume(now));
    }

    pub(crate) fn serve_profile(&self, user: UserId) {
        match self.try_serve_profile(user) {
            Ok(()) => self.queue_profile(self.profiles.finish(Instant::now())),
            Err(error) => {
                self.profiles.fail(user);
                tracing::debug!(user_id = %user, %error, "cannot read a changed profile; will retry");
            }
        }
    }

    fn queue_profile(&self, user: Option<UserId>) {
        if let Some(user) = user {
            self.live.push(Work::Profile(user));
        }
    }

    /// Sends the current profile once to each listener that follows a chatroom of the user, and to the user's own.
    fn try_serve_profile(&self, user: UserId) -> Result<(), StoreError> {
        let mut seen_in = self.sources.changes_since.seen_in(user, MAX_CHATROOMS)?;
        let mut mailboxes = Mailboxes::default();
        self.registry.collect_mailboxes_of(user, &mut mailboxes);
        seen_in.retain(|(chatroom, head)| {
            let room = self.registry.room(*chatroom);
            if let Some(room) = &room {
                room.collect_mailboxes(&mut mailboxes);
                self.record_head(room, *head);
            }
            room.is_some()
        });
        if mailboxes.is_empty() {
            return Ok(());
        }
        // A deleted account ends its memberships instead, which is in the logs.
        let found = self.sources.users.find(user)?.filter(|user| user.profile.is_some());
        if let Some(found) = found {
            let profile = Arc::new(Profile { user, seen_in, encoded: self.sources.writer.write_profile(found) });
            mailboxes.iter().for_each(|mailbox| mailbox.put_profile(&profile));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from(Uuid::from_u128(number))
    }

    fn profile(number: u128) -> Arc<Profile> {
        let encoded = EncodedEvent { identified: "".into(), anonymous: "".into(), json: "".into() };
        Arc::new(Profile { user: user(number), seen_in: Vec::new(), encoded })
    }

    #[test]
    fn unread_profiles_are_bounded() {
        let mut profiles = Vec::new();
        for number in [1, 2, 3, 1, 2, 3] {
            add(&mut profiles, profile(number), 2);
        }
        assert_eq!(profiles.iter().map(|profile| profile.user).collect::<Vec<_>>(), [user(1), user(2)]);
    }

    #[test]
    fn one_job_sends_one_profile_after_the_other() {
        let (profiles, now) = (ChangedProfiles::default(), Instant::now());
        assert_eq!(profiles.record(user(1), now), Some(user(1)));
        assert_eq!(profiles.record(user(2), now), None);
        assert_eq!(profiles.record(user(2), now), None);
        assert_eq!(profiles.resume(now), None, "the job is queued");
        assert_eq!(profiles.finish(now), Some(user(2)));
        assert_eq!(profiles.finish(now), None);
        assert_eq!(profiles.record(user(3), now), Some(user(3)));
    }

    #[test]
    fn profile_is_sent_once_in_a_second() {
        let (profiles, now) = (ChangedProfiles::default(), Instant::now());
        assert_eq!(profiles.record(user(1), now), Some(user(1)));
        assert_eq!(profiles.record(user(1), now), None, "it may have been read before this change");
        assert_eq!(profiles.finish(now), None);
        assert_eq!(profiles.record(user(1), now), None);
        assert_eq!(profiles.resume(now), None);
        assert_eq!(profiles.resume(now + AGAIN_AFTER), Some(user(1)));
        assert_eq!(profiles.finish(now + AGAIN_AFTER * 2), None);
        profiles.resume(now + AGAIN_AFTER * 2);
        assert!(profiles.0.lock().recent.is_empty());
    }

    #[test]
    fn failed_profile_is_repeated() {
        let (profiles, now) = (ChangedProfiles::default(), Instant::now());
        profiles.record(user(1), now);
        profiles.fail(user(1));
        assert_eq!(profiles.resume(now), None);
        assert_eq!(profiles.resume(now + AGAIN_AFTER), Some(user(1)));
    }

    #[test]
    fn waiting_users_are_bounded() {
        let (profiles, now) = (ChangedProfiles::default(), Instant::now());
        for number in 0..20_000 {
            profiles.record(user(number), now);
        }
        assert_eq!(profiles.0.lock().changed.len(), MAX_CHANGED);
    }
}
