//! Whether the store can serve.

use crate::store_error::StoreError;

/// Tells whether the store can serve; an error says that it cannot be reached.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Readiness: Send + Sync {
    /// Whether the store has every migration that this program needs.
    fn is_current(&self) -> Result<bool, StoreError>;
}
