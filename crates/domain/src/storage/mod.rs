//! Storage: the bytes that each account stores, and its quota.

mod exemption;
mod meter;
mod repository;

pub use exemption::is_exempt;
pub use meter::StorageMeter;
#[cfg(feature = "mocks")]
pub use repository::MockStorageRepository;
pub use repository::StorageRepository;

use crate::message::MessageBody;

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

/// The bytes that an entry of a log other than a message counts, given its details as stored.
pub fn bytes_of_entry(detail: &str) -> i64 {
    with_overhead(detail.len())
}

fn with_overhead(text: usize) -> i64 {
    i64::try_from(text).unwrap_or(i64::MAX).saturating_add(OVERHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_counts_its_bytes_and_overhead() {
        let body = MessageBody::parse("Σίσυφος").unwrap();
        assert_eq!((bytes_of(Some(&body)), bytes_of(None)), (14 + OVERHEAD, OVERHEAD));
        assert_eq!(bytes_of_entry("Σ{}"), 4 + OVERHEAD);
    }
}
