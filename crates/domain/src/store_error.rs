//! What can go wrong in a store; never an outcome that a rule expects.

use thiserror::Error;

/// A failure of the infrastructure behind a port.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The store cannot be reached, or does not answer in time; trying again later may help.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// As much waits for the store as may; trying again may help.
    #[error("too much waits for the store")]
    Busy,
    /// Others kept changing the same thing; trying again may help.
    #[error("too many concurrent changes")]
    Contention,
    /// What was read cannot have been written by this program.
    #[error("the store holds something unexpected: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the store failed: {0}")]
    Other(String),
}
