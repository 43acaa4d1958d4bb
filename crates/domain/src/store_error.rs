//! Failures of a store, as opposed to expected outcomes.

use thiserror::Error;

/// A failure of the infrastructure behind a port.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The store cannot be reached, or does not answer in time; a later retry may succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store takes no writes, because it is read-only or full; once that has ended, a retry may succeed.
    #[error("the store cannot be written to: {0}")]
    Unwritable(String),
    /// The queue of the store is full; a retry may succeed.
    #[error("too many operations are waiting for the store")]
    Busy,
    /// Concurrent writes kept changing the same data; a retry may succeed.
    #[error("too many concurrent changes to the same data")]
    Contention,
    /// The data cannot have been written by this program.
    #[error("the store holds invalid data: {0}")]
    Corrupt(String),
    /// Any other failure.
    #[error("the store failed: {0}")]
    Other(String),
}
