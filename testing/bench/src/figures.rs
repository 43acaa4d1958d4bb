//! The figures that a load generator reports.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};

/// The requests of one measurement and their latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Requests that succeeded.
    pub(crate) requests: u64,
    pub(crate) duration: Duration,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
    /// Requests that were refused or got no response.
    pub(crate) refused: u64,
}

impl Figures {
    /// Computes the figures from individual latencies, in any order.
    pub(crate) fn of(mut latencies: Vec<Duration>, duration: Duration) -> Result<Self> {
        latencies.sort_unstable();
        let [p50, p99, longest] = [50, 99, 100].map(|percent| percentile(&latencies, percent));
        Ok(Self { requests: u64::try_from(latencies.len())?, duration, p50, p99, longest, refused: 0 })
    }

    /// Parses the line that `load.lua` and the `Display` of [`Figures`] print.
    pub(crate) fn parse(output: &str) -> Result<Self> {
        let line = output.lines().find_map(|line| line.strip_prefix("figures: "));
        let line = line.with_context(|| format!("no figures in: {output}"))?;
        let numbers: Vec<u64> = line.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
        let &[requests, duration, p50, p99, longest, refused, failed] = numbers.as_slice() else {
            anyhow::bail!("other figures were expected: {line}");
        };
        let micros = Duration::from_micros;
        Ok(Self {
            requests: requests.saturating_sub(refused),
            duration: micros(duration),
            p50: micros(p50),
            p99: micros(p99),
            longest: micros(longest),
            refused: refused + failed,
        })
    }

    pub(crate) fn per_second(&self) -> f64 {
        Duration::from_secs(self.requests).as_secs_f64() / self.duration.as_secs_f64()
    }

    /// The 99th percentile as a multiple of the median.
    pub(crate) fn tail(&self) -> f64 {
        self.p99.as_secs_f64() / self.p50.as_secs_f64()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, duration, p50, p99, longest, refused } = self;
        let [duration, p50, p99, longest] = [duration, p50, p99, longest].map(Duration::as_micros);
        write!(
            f,
            "figures: {} requests in {duration} us, p50 {p50} us, p99 {p99} us, longest {longest} us, ",
            requests + refused
        )?;
        write!(f, "{refused} refused, 0 failed")
    }
}

/// A percentile of sorted latencies; zero if there are none.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        "figures: 5000 requests in 2000000 us, p50 400 us, p99 1200 us, longest 9000 us, 0 refused, 0 failed";

    #[test]
    fn percentiles_use_sorted_times() {
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        let figures = Figures::of(times, Duration::from_secs(2)).unwrap();
        assert_eq!((figures.p50, figures.p99), (Duration::from_millis(100), Duration::from_millis(198)));
        assert_eq!(figures.longest, Duration::from_millis(200));
        assert!((figures.per_second() - 100.0).abs() < 1e-9);
        assert_eq!(Figures::of(Vec::new(), Duration::from_secs(2)).unwrap().requests, 0);
    }

    #[test]
    fn figures_round_trip() {
        let figures = Figures::parse(&format!("Running 2s test\n{LINE}\n")).unwrap();
        assert_eq!(figures.to_string(), LINE);
        assert!((figures.tail() - 3.0).abs() < 1e-9);
    }

    #[test]
    fn refusals_and_failures_do_not_count_as_done() {
        let some = Figures::parse(&LINE.replace("0 refused, 0 failed", "3 refused, 1 failed")).unwrap();
        assert_eq!((some.requests, some.refused), (4_997, 4));
        assert!(Figures::parse("unable to connect to 127.0.0.1").is_err());
    }
}
