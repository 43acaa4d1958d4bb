//! Recent typing events, to limit their rate.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chit_chat_domain::id::{ChatroomId, UserId};
use parking_lot::Mutex;

/// The interval in which further typing events of the same member are dropped.
const AGAIN_AFTER: Duration = Duration::from_secs(3);
/// The capacity; when it is full, new typing events are dropped, because they are ephemeral.
const MAX_ENTRIES: usize = 100_000;

#[derive(Default)]
pub(crate) struct Typing(Mutex<HashMap<(ChatroomId, UserId), Instant>>);

impl Typing {
    pub(crate) fn is_new(&self, chatroom: ChatroomId, user: UserId, now: Instant) -> bool {
        let mut recent = self.0.lock();
        let is_known = recent.get(&(chatroom, user)).is_some_and(|at| now.duration_since(*at) < AGAIN_AFTER);
        if is_known || recent.len() >= MAX_ENTRIES {
            return false;
        }
        recent.insert((chatroom, user), now);
        true
    }

    pub(crate) fn forget(&self, now: Instant) {
        self.0.lock().retain(|_, at| now.duration_since(*at) < AGAIN_AFTER);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn continued_typing_is_rate_limited() {
        let (typing, now) = (Typing::default(), Instant::now());
        let (room, ann) = (ChatroomId::from(Uuid::from_u128(1)), UserId::from(Uuid::from_u128(2)));
        assert!(typing.is_new(room, ann, now));
        assert!(!typing.is_new(room, ann, now + Duration::from_secs(2)));
        assert!(typing.is_new(room, UserId::from(Uuid::from_u128(3)), now));
        assert!(typing.is_new(room, ann, now + AGAIN_AFTER));
        typing.forget(now + AGAIN_AFTER * 3);
        assert!(typing.0.lock().is_empty());
    }
}
