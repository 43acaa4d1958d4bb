//! The port that checks whether the store can serve.

use crate::clock::Timestamp;
use crate::store_error::StoreError;

/// Checks whether the store can serve; an error means that it cannot be reached.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Readiness: Send + Sync {
    /// Returns whether the store has every migration that this program needs.
    fn is_current(&self) -> Result<bool, StoreError>;

    /// Returns whether the latest write could be stored: a store may still be read when it is full or read-only.
    fn is_writable(&self) -> bool;

    /// If the latest write could not be stored, writes a row and deletes it, to find out whether that has ended.
    fn try_writing(&self, at: Timestamp) -> Result<(), StoreError>;
}
