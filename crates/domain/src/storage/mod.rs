//! Storage: the bytes that each account stores, and its quota.

mod meter;
mod repository;

pub use meter::StorageMeter;
#[cfg(feature = "mocks")]
pub use repository::MockStorageRepository;
pub use repository::StorageRepository;

use crate::message::MessageBody;

/// The bytes counted for each message and each kept revision, in addition to its text: the rest of its row, and its
/// entries in indexes. A deleted message still counts them, because its tombstone stays in the log.
pub const OVERHEAD: i64 = 256;

/// The bytes that a message or a kept revision with this text counts; a tombstone has no text.
pub fn bytes_of(text: Option<&MessageBody>) -> i64 {
    let text = text.map_or(0, |body| body.as_str().len());
    i64::try_from(text).unwrap_or(i64::MAX).saturating_add(OVERHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_counts_its_bytes_and_overhead() {
        let body = MessageBody::parse("Σίσυφος").unwrap();
        assert_eq!((bytes_of(Some(&body)), bytes_of(None)), (14 + OVERHEAD, OVERHEAD));
    }
}
