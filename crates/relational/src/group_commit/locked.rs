//! Chatrooms that somebody was found to keep locked: for a while their messages wait apart from others.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chit_chat_domain::id::ChatroomId;

/// Whoever keeps a chatroom locked for longer is found again.
const LATELY: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Locked(Mutex<HashMap<ChatroomId, Instant>>);

impl Locked {
    /// Whether the chatroom was found locked lately, and not free since.
    pub(crate) fn holds(&self, room: ChatroomId) -> bool {
        self.lock().get(&room).is_some_and(|found| found.elapsed() < LATELY)
    }

    pub(crate) fn note(&self, room: ChatroomId) {
        let mut rooms = self.lock();
        rooms.retain(|_, found| found.elapsed() < LATELY);
        rooms.insert(room, Instant::now());
    }

    pub(crate) fn forget(&self, room: ChatroomId) {
        self.lock().remove(&room);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChatroomId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
