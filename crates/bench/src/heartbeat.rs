//! Whether the whole machine stood still. Virtual machines are halted now and then, for seconds; what was being measured
//! then says nothing about anybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BEAT: Duration = Duration::from_millis(50);
/// A busy machine lets a thread wait too, but not for so long.
const STANDSTILL: Duration = Duration::from_secs(1);

/// A thread that would wake at every beat; it touches neither disk nor network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heartbeat(Arc<AtomicU64>);

impl Heartbeat {
    pub(crate) fn start() -> Self {
        let heartbeat = Self::default();
        let longest = heartbeat.0.clone();
        thread::spawn(move || {
            loop {
                let start = Instant::now();
                thread::sleep(BEAT);
                let gap = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                longest.fetch_max(gap, Ordering::Relaxed);
            }
        });
        heartbeat
    }

    /// For how long the machine stood still since this was last asked, if it did.
    pub(crate) fn standstill(&self) -> Option<Duration> {
        // The beat that wakes late has not been counted yet.
        thread::sleep(BEAT * 2);
        let longest = Duration::from_millis(self.0.swap(0, Ordering::Relaxed));
        (longest > STANDSTILL).then_some(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_gaps_are_standstills() {
        let heartbeat = Heartbeat::default();
        heartbeat.0.store(900, Ordering::Relaxed);
        assert_eq!(heartbeat.standstill(), None);
        heartbeat.0.store(39_000, Ordering::Relaxed);
        assert_eq!(heartbeat.standstill(), Some(Duration::from_secs(39)));
        assert_eq!(heartbeat.standstill(), None);
    }
}
