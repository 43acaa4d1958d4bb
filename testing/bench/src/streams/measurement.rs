//! The lines that the listening process prints.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};

/// The result of one measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measurement {
    pub(crate) duration: Duration,
    pub(crate) messages: u64,
    pub(crate) deliveries: u64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
}

impl Measurement {
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        let &[duration, messages, deliveries, p50, p99, longest] = numbers.as_slice() else {
            anyhow::bail!("figures were expected: {line}");
        };
        let [duration, p50, p99, longest] = [duration, p50, p99, longest].map(Duration::from_micros);
        Ok(Self { duration, messages, deliveries, p50, p99, longest })
    }

    /// Computes the figures from delays, in any order.
    pub(crate) fn of(duration: Duration, messages: u64, deliveries: u64, mut delays: Vec<Duration>) -> Self {
        delays.sort_unstable();
        let at = |percent: usize| {
            delays.get((delays.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
        };
        Self { duration, messages, deliveries, p50: at(50), p99: at(99), longest: at(100) }
    }

    pub(crate) fn deliveries_per_second(&self) -> f64 {
        Duration::from_secs(self.deliveries).as_secs_f64() / self.duration.as_secs_f64()
    }

    pub(crate) fn messages_per_second(&self) -> f64 {
        Duration::from_secs(self.messages).as_secs_f64() / self.duration.as_secs_f64()
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [duration, p50, p99, longest] =
            [self.duration, self.p50, self.p99, self.longest].map(|it| it.as_micros());
        write!(f, "delivered {duration} {} {} {p50} {p99} {longest}", self.messages, self.deliveries)
    }
}

/// The response to a send: its seq.
pub(crate) fn seq_of(answer: &[u8]) -> Result<i64> {
    let text = std::str::from_utf8(answer)?;
    let (_, rest) = text.split_once("\"seq\":").with_context(|| format!("no message: {text}"))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurement_round_trips() {
        let measurement =
            Measurement::of(Duration::from_secs(2), 5, 5_000, (1..=100).map(Duration::from_millis).collect());
        assert_eq!(Measurement::parse(&measurement.to_string()).unwrap(), measurement);
        assert_eq!((measurement.p50, measurement.p99), (Duration::from_millis(50), Duration::from_millis(99)));
        assert!(Measurement::parse("gone").is_err());
    }

    #[test]
    fn seq_of_message_is_parsed() {
        assert_eq!(seq_of(b"{\"id\":\"x\",\"seq\":42,\"body\":\"y\"}").unwrap(), 42);
        assert!(seq_of(b"{}").is_err());
    }
}
