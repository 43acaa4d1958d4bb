//! Polling with a time limit.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Polls until there is a value, and returns it with the time it took.
pub fn until<T>(
    limit: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<(T, Duration)> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok((found, start.elapsed()));
        }
        if start.elapsed() > limit {
            bail!("timed out after {limit:?}, waiting until {what}");
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}
