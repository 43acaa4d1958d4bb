//! Remembers which chatrooms were found locked, so that their messages are written separately for some time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chit_chat_domain::id::ChatroomId;

/// The time until a chatroom counts as free again; if it is still locked, the next send detects that.
const LOCK_MEMORY: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct LockedRooms(Mutex<HashMap<ChatroomId, Instant>>);

impl LockedRooms {
    /// Returns whether the chatroom was found locked recently, and not free since.
    pub(crate) fn contains(&self, room: ChatroomId) -> bool {
        self.lock().get(&room).is_some_and(|found| found.elapsed() < LOCK_MEMORY)
    }

    pub(crate) fn insert(&self, room: ChatroomId) {
        let mut rooms = self.lock();
        rooms.retain(|_, found| found.elapsed() < LOCK_MEMORY);
        rooms.insert(room, Instant::now());
    }

    pub(crate) fn remove(&self, room: ChatroomId) {
        self.lock().remove(&room);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChatroomId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
