//! The port that checks whether the store can serve.

use crate::store_error::StoreError;

/// Checks whether the store can serve; an error means that it cannot be reached.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Readiness: Send + Sync {
    /// Returns whether the store has every migration that this program needs.
    fn is_current(&self) -> Result<bool, StoreError>;
}
