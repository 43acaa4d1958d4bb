//! The port that stores the sums.

use crate::id::UserId;
use crate::store_error::StoreError;

/// Stores how many bytes each account stores.
///
/// The store itself adds what edits change, and subtracts what deletions free, in their own transactions. New
/// messages are added up by a [`StorageMeter`](super::StorageMeter), so that sends stay as fast as they are.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait StorageRepository: Send + Sync {
    /// Adds these bytes, in one transaction.
    fn add(&self, bytes: Vec<(UserId, i64)>) -> Result<(), StoreError>;

    /// The users who store at least this many bytes, and how many; those with the most if there are more than
    /// `most`.
    fn at_least(&self, bytes: i64, most: usize) -> Result<Vec<(UserId, i64)>, StoreError>;

    /// The bytes that a user stores. Slightly negative for a short time if messages are deleted before they are
    /// added.
    fn used(&self, user: UserId) -> Result<i64, StoreError>;
}
