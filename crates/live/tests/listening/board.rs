//! Announcements in memory.

use chit_chat_domain::announcements::{Announcement, Announcements, Changed};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::InstanceId;
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

#[derive(Default)]
pub(crate) struct Board(Mutex<State>);

#[derive(Default)]
struct State {
    has_peers: bool,
    announced: Vec<(InstanceId, Announcement)>,
    held: Vec<(InstanceId, Announcement)>,
    holds_next: bool,
    fails: bool,
    last: i64,
    now: i64,
}

impl Board {
    /// A board on which every instance finds another.
    pub(crate) fn with_peers() -> Self {
        Self(Mutex::new(State { has_peers: true, ..State::default() }))
    }

    pub(crate) fn advance(&self) {
        self.0.lock().now += 1;
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.lock().now)
    }

    pub(crate) fn announced(&self) -> Vec<Changed> {
        self.0.lock().announced.iter().map(|(_, announcement)| announcement.changed.clone()).collect()
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.0.lock().fails = fails;
    }

    /// Keeps the next announcement back, as if its transaction had not committed.
    pub(crate) fn hold_next(&self) {
        self.0.lock().holds_next = true;
    }

    pub(crate) fn release(&self) {
        let state = &mut *self.0.lock();
        state.announced.append(&mut state.held);
    }
}

impl Announcements for Board {
    fn report(&self, _: InstanceId, _: Timestamp) -> Result<bool, StoreError> {
        Ok(self.0.lock().has_peers)
    }

    fn announce(&self, instance: InstanceId, changed: Changed, _: Timestamp) -> Result<(), StoreError> {
        let mut state = self.0.lock();
        if state.fails {
            return Err(StoreError::Unavailable("it fails".into()));
        }
        state.last += 1;
        let announcement = (instance, Announcement { position: state.last, changed });
        let list = if std::mem::take(&mut state.holds_next) { &mut state.held } else { &mut state.announced };
        list.push(announcement);
        Ok(())
    }

    fn beyond(
        &self,
        instance: InstanceId,
        position: i64,
        seen: Vec<i64>,
    ) -> Result<Vec<Announcement>, StoreError> {
        let state = self.0.lock();
        let others =
            state.announced.iter().filter(|(by, _)| *by != instance).map(|(_, announcement)| announcement);
        let new = others.filter(|other| other.position > position && !seen.contains(&other.position));
        Ok(new.cloned().collect())
    }
}
