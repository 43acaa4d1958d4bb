//! Storage: the bytes that each account stores, and its quota.

mod exemption;
mod meter;
mod repository;

pub use exemption::is_exempt;
pub use meter::StorageMeter;
#[cfg(feature = "mocks")]
pub use repository::MockStorageRepository;
pub use repository::StorageRepository;

use crate::mention::Mentions;
use crate::message::{Message, MessageBody};

/// The bytes counted for each message, each kept revision and each other entry of a log, in addition to its text: the
/// rest of its row, and its entries in indexes. A deleted message still counts them, because its tombstone stays in
/// the log.
pub const OVERHEAD: i64 = 256;

/// The bytes that a user stores, and those that they may store; `None` if there is no quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageUse {
    pub used: i64,
    pub allowed: Option<i64>,
}

/// The bytes that a message or a kept revision with this text counts; a tombstone has no text.
pub fn bytes_of(text: Option<&MessageBody>) -> i64 {
    with_overhead(text.map_or(0, |body| body.as_str().len()))
}

/// The bytes that a message counts: those of its text, its mentions and its key.
pub fn bytes_of_message(message: &Message) -> i64 {
    let key = message.client_key.as_ref().map_or(0, |key| key.as_str().len());
    bytes_of(message.body.as_ref()) + bytes_of_mentions(&message.mentions) + bytes_of_key(key)
}

/// The bytes that mentions count: each user has a row of their own.
pub fn bytes_of_mentions(mentions: &Mentions) -> i64 {
    let rows = mentions.users.len() + usize::from(mentions.all);
    OVERHEAD.saturating_mul(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// The bytes that an idempotency key of this length counts, which an index has once more. It stays with the tombstone.
pub fn bytes_of_key(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX).saturating_mul(2)
}

/// The bytes that an entry of a log other than a message counts, given its details as stored.
pub fn bytes_of_entry(detail: &str) -> i64 {
    with_overhead(detail.len())
}

/// The bytes that the name of a public chatroom counts in each entry that tells it: the index of names has a row for
/// each of its characters.
pub fn bytes_of_public_name(name: &str) -> i64 {
    OVERHEAD.saturating_mul(i64::try_from(name.chars().count()).unwrap_or(i64::MAX))
}

fn with_overhead(text: usize) -> i64 {
    i64::try_from(text).unwrap_or(i64::MAX).saturating_add(OVERHEAD)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::UserId;
    use crate::message::IdempotencyKey;
    use crate::testing::message;

    #[test]
    fn text_counts_its_bytes_and_overhead() {
        let body = MessageBody::parse("Σίσυφος").unwrap();
        assert_eq!((bytes_of(Some(&body)), bytes_of(None)), (14 + OVERHEAD, OVERHEAD));
        assert_eq!(bytes_of_entry("Σ{}"), 4 + OVERHEAD);
        assert_eq!(bytes_of_public_name("Σίσυφος"), 7 * OVERHEAD);
    }

    #[test]
    fn mentions_and_keys_count() {
        let plain = message().build();
        let more = Message {
            mentions: Mentions::of(vec![UserId::from(Uuid::nil()); 3]),
            client_key: Some(IdempotencyKey::parse("12345").unwrap()),
            ..plain.clone()
        };
        assert_eq!(bytes_of_message(&more), bytes_of_message(&plain) + 3 * OVERHEAD + 10);
        assert_eq!(bytes_of_mentions(&Mentions::everybody()), OVERHEAD);
    }
}
