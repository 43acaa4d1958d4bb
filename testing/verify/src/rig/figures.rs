//! Durations and their percentiles.

use std::cmp::Ordering;
use std::fmt;
use std::time::{Duration, Instant};

/// Durations of one kind of request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Runs the work, and records how long it took.
    pub(crate) fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.push(start.elapsed());
        done
    }

    pub(crate) fn note(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The chance that one of these durations exceeds one of the others (the area under the ROC curve): 0.5 if nothing
    /// tells them apart.
    pub(crate) fn chance_of_exceeding(&self, others: &Self) -> f64 {
        let mut sum = 0.0;
        for (time, other) in self.0.iter().flat_map(|time| others.0.iter().map(move |other| (time, other))) {
            sum += match time.cmp(other) {
                Ordering::Greater => 1.0,
                Ordering::Equal => 0.5,
                Ordering::Less => 0.0,
            };
        }
        #[expect(clippy::cast_precision_loss, reason = "there are few durations")]
        let pairs = (self.0.len() * others.0.len()).max(1) as f64;
        sum / pairs
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(100)
    }

    /// A percentile of the durations.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((last * percent).div_ceil(100)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |percent| self.percentile(percent).as_millis();
        write!(f, "p50 {} ms, p99 {} ms of {}", millis(50), millis(99), self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_tells_different_times_apart() {
        let of = |millis: &[u64]| Times(millis.iter().copied().map(Duration::from_millis).collect());
        for (times, others, chance) in [
            (of(&[3, 4]), of(&[1, 2]), 1.0),
            (of(&[1, 2]), of(&[3, 4]), 0.0),
            (of(&[1, 2, 3]), of(&[1, 2, 3]), 0.5),
            (of(&[2, 4]), of(&[1, 3]), 0.75),
        ] {
            assert!((times.chance_of_exceeding(&others) - chance).abs() < 1e-9, "{times:?}, {others:?}");
        }
    }

    #[test]
    fn percentiles_use_sorted_times() {
        let times = Times((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(times.longest(), Duration::from_millis(100));
        assert_eq!(times.percentile(0), Duration::from_millis(1));
        assert!(times.median() <= Duration::from_millis(51));
        assert_eq!(Times::default().median(), Duration::ZERO);
    }
}
