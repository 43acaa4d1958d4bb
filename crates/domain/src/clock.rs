//! Instants, and where the current one comes from.

use std::time::Duration;

/// An instant in UTC, in whole microseconds: what both engines keep without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The instant that lies `duration` after this one.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// The instant that lies `duration` before this one.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }

    /// How many seconds to wait until `later`, rounded up; at least one.
    pub fn seconds_until(self, later: Self) -> u32 {
        let seconds = later.0.saturating_sub(self.0).saturating_add(999_999) / 1_000_000;
        u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// What time it is.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_has_come_when_the_seconds_are_over() {
        let at = |micros| Timestamp::from_micros(micros);
        assert_eq!(at(0).seconds_until(at(1)), 1);
        assert_eq!(at(0).seconds_until(at(1_000_000)), 1);
        assert_eq!(at(0).seconds_until(at(1_000_001)), 2);
        assert_eq!(at(5).seconds_until(at(0)), 1);
        assert_eq!(at(0).seconds_until(at(i64::MAX)), u32::MAX);
    }
}
