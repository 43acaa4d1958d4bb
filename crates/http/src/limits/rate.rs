//! Rates: a number of uses per period.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;

const MAX: u32 = 1_000_000;
const LONGEST_HOURS: u64 = 24;

/// A rate that allows `count` uses at once, and as many again spread over the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub(super) count: NonZeroU32,
    pub(super) period: Duration,
}

/// The error for a text that is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRate;

impl Rate {
    pub(super) fn quota(self) -> Quota {
        // The interval is never zero: a second has more nanoseconds than the largest count.
        Quota::with_period(self.interval()).unwrap_or(Quota::per_second(self.count)).allow_burst(self.count)
    }

    /// The time between two uses.
    pub(super) fn interval(self) -> Duration {
        self.period / self.count.get()
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    /// Reads `10/15m`: a count, and a number of seconds, minutes or hours.
    fn from_str(text: &str) -> Result<Self, NoRate> {
        let (count, period) = text.trim().split_once('/').ok_or(NoRate)?;
        let count = count.parse().ok().and_then(NonZeroU32::new).filter(|count| count.get() <= MAX);
        let (number, seconds) = [("s", 1), ("m", 60), ("h", 3_600)]
            .into_iter()
            .find_map(|(unit, seconds)| Some((period.strip_suffix(unit)?, seconds)))
            .ok_or(NoRate)?;
        let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds));
        let seconds = seconds.filter(|seconds| (1..=LONGEST_HOURS * 3_600).contains(seconds));
        let (count, seconds) = count.zip(seconds).ok_or(NoRate)?;
        Ok(Self { count, period: Duration::from_secs(seconds) })
    }
}

impl fmt::Display for NoRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "must be COUNT/PERIOD, such as 10/15m: a count from 1 to {MAX}, a period of at most {LONGEST_HOURS} hours (s, m or h)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<(u32, u64)> {
        text.parse().ok().map(|Rate { count, period }| (count.get(), period.as_secs()))
    }

    #[test]
    fn rate_is_parsed_as_count_and_period() {
        assert_eq!(seconds("10/15m"), Some((10, 900)));
        assert_eq!(seconds("600/60s"), Some((600, 60)));
        assert_eq!(seconds(" 1/24h "), Some((1, 86_400)));
        assert_eq!(seconds("1000000/1s"), Some((1_000_000, 1)));
    }

    #[test]
    fn invalid_rate_is_refused() {
        for text in [
            "",
            "10",
            "/",
            "10/",
            "/1m",
            "0/1m",
            "-1/1m",
            "10/0m",
            "10/1",
            "10/1d",
            "10/m",
            "1.5/1m",
            "10/25h",
            "1000001/1s",
            "10/1m/1m",
            "10/18446744073709551615h",
            "ten/1m",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn quota_has_burst_of_count_and_even_replenishment() {
        let quota = "10/15m".parse::<Rate>().unwrap().quota();
        assert_eq!((quota.burst_size().get(), quota.replenish_interval()), (10, Duration::from_secs(90)));
        assert!("1000000/1s".parse::<Rate>().unwrap().quota().replenish_interval() > Duration::ZERO);
    }
}
