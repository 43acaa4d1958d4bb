//! The port that deletes rows that no use case needs any longer.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store_error::StoreError;

/// The time for which the idempotency key of a creation is kept after the deletion of its chatroom, so that a late
/// retry does not create the chatroom again.
pub const CREATION_KEY_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// Deletes rows that no use case needs any longer.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Upkeep: Send + Sync {
    /// Deletes the times of sending that no slow mode asks for any longer, and the keys of creations and the reserved
    /// usernames that have expired: about `most` rows of each. Returns whether any may be left.
    fn forget(&self, now: Timestamp, most: usize) -> Result<bool, StoreError>;

    /// Turns messages of a deleted account into tombstones, if they are to be deleted with it: at most `most` of one
    /// chatroom, each with its event. Returns whether any may be left.
    fn erase_messages(&self, now: Timestamp, most: usize) -> Result<bool, StoreError>;
}
