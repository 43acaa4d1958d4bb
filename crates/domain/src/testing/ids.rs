//! Ids and other small values for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::valid;
use crate::id::{ChatroomId, IdSource, InvitationId, MessageId, SessionId, UserId};
use crate::message::IdempotencyKey;
use crate::page::Limit;

const FIRST: u64 = 1_000;

/// The acting user, the default of builders.
pub const fn me() -> UserId {
    user_id(1)
}

/// Another user.
pub const fn other() -> UserId {
    user_id(2)
}

/// The user with this number: 1 is [`me`], 2 is [`other`].
pub const fn user_id(number: u128) -> UserId {
    UserId::from_u128(number)
}

/// The chatroom, the default of builders.
pub const fn room() -> ChatroomId {
    ChatroomId::from_u128(77)
}

/// The default id of messages.
pub const fn message_id() -> MessageId {
    MessageId::from_u128(5)
}

/// The default id of invitations.
pub const fn invitation_id() -> InvitationId {
    InvitationId::from_u128(6)
}

/// The session of [`me`].
pub const fn session_id() -> SessionId {
    SessionId::from_u128(8)
}

/// The first id of [`SequentialIds`].
pub const fn fresh_id() -> Uuid {
    Uuid::from_u64_pair(0, FIRST)
}

/// An idempotency key.
pub fn key() -> IdempotencyKey {
    valid("key")
}

/// The limit of a page.
#[track_caller]
pub fn limit(count: u64) -> Limit {
    match Limit::parse(count) {
        Ok(limit) => limit,
        Err(violation) => panic!("{count} {violation}"),
    }
}

/// An id source that starts with [`fresh_id`] and counts up.
#[derive(Debug)]
pub struct SequentialIds(AtomicU64);

impl Default for SequentialIds {
    fn default() -> Self {
        Self(AtomicU64::new(FIRST))
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(0, self.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_up_from_fresh_id() {
        let ids = SequentialIds::default();
        assert_eq!([ids.next(), ids.next()], [fresh_id(), Uuid::from_u128(1_001)]);
    }
}
