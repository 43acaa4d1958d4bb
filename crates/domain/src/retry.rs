//! Repeats a decision if its data changed before the write.

use crate::denial::Failure;
use crate::guarded::Guarded;
use crate::store_error::StoreError;

/// The maximum number of attempts. Each failed attempt means that another write succeeded.
const ATTEMPTS: usize = 32;

/// Runs `attempt`, which reads, decides and writes, until its guard holds at the write. An attempt that decides
/// against the write fails with the denial.
pub(crate) fn retry_until_written<T>(
    mut attempt: impl FnMut() -> Result<Guarded<T>, Failure>,
) -> Result<T, Failure> {
    for _ in 0..ATTEMPTS {
        if let Guarded::Done(done) = attempt()? {
            return Ok(done);
        }
    }
    Err(StoreError::Contention.into())
}
