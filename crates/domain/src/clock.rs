//! Timestamps, and the port that reads the current time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use time::format_description::well_known::Rfc3339;
pub use time::{Date, Weekday};
use time::{OffsetDateTime, UtcDateTime};

/// A UTC timestamp in whole microseconds, which both engines store without loss.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The error for a text that is not a timestamp in the format of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be an RFC 3339 timestamp, such as 2026-01-01T23:00:00Z")]
pub struct NotATimestamp;

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

    /// The timestamp `duration` after this one.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// The timestamp `duration` before this one.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }

    /// Seconds to wait until `later`, rounded up, and at least one.
    pub fn seconds_until(self, later: Self) -> u32 {
        let seconds = later.0.saturating_sub(self.0).saturating_add(999_999) / 1_000_000;
        u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
    }
}

/// The calendar in UTC, from year -9999 to 9999. Timestamps beyond count as the first or the last one in it.
impl Timestamp {
    /// The day.
    pub fn date(self) -> Date {
        self.utc().date()
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        self.utc().weekday()
    }

    /// The hour of the day, 0 to 23.
    pub fn hour(self) -> u8 {
        self.utc().hour()
    }

    /// The minute of the hour, 0 to 59.
    pub fn minute(self) -> u8 {
        self.utc().minute()
    }

    fn utc(self) -> UtcDateTime {
        let nearest = if self.0 < 0 { UtcDateTime::MIN } else { UtcDateTime::MAX };
        UtcDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).unwrap_or(nearest)
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    /// Parses RFC 3339, such as `2026-01-01T23:00:00Z`, in any time zone. Truncates fractions of a microsecond.
    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATimestamp)?;
        let micros = instant.unix_timestamp_nanos().div_euclid(1_000);
        i64::try_from(micros).map(Self).map_err(|_| NotATimestamp)
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC, or the microseconds if RFC 3339 cannot represent the timestamp.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = UtcDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).ok();
        match utc.and_then(|utc| utc.format(&Rfc3339).ok()) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The source of the current time.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_until_is_rounded_up() {
        let at = |micros| Timestamp::from_micros(micros);
        assert_eq!(at(0).seconds_until(at(1)), 1);
        assert_eq!(at(0).seconds_until(at(1_000_000)), 1);
        assert_eq!(at(0).seconds_until(at(1_000_001)), 2);
        assert_eq!(at(5).seconds_until(at(0)), 1);
        assert_eq!(at(0).seconds_until(at(i64::MAX)), u32::MAX);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn rfc_3339_is_parsed_in_any_time_zone() {
        assert_eq!(at("1970-01-01T00:00:01Z"), Timestamp::from_micros(1_000_000));
        assert_eq!(at("2026-01-01T23:00:00+01:00"), at("2026-01-01T22:00:00Z"));
        assert_eq!(at("1969-12-31T23:59:59.9999999Z"), Timestamp::from_micros(-1));
        for text in ["", "2026-01-01", "2026-01-01T23:00:00", "2026-02-30T00:00:00Z", "tomorrow"] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATimestamp), "{text}");
        }
    }

    #[test]
    fn instant_has_utc_calendar_fields() {
        let new_year = at("2025-12-31T23:59:30-01:00");
        assert_eq!(new_year.date().to_string(), "2026-01-01");
        assert_eq!((new_year.weekday(), new_year.hour(), new_year.minute()), (Weekday::Thursday, 0, 59));
    }

    #[test]
    fn instant_displays_as_rfc_3339() {
        let noon = at("2026-01-01T12:00:00.5Z");
        assert_eq!(noon.to_string(), "2026-01-01T12:00:00.5Z");
        assert_eq!(format!("{noon:?}"), "Timestamp(2026-01-01T12:00:00.5Z)");
    }

    #[test]
    fn calendar_is_clamped_to_its_years() {
        let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
        assert_eq!((first.date().year(), last.date().year()), (-9999, 9999));
        assert_eq!(format!("{last:?}"), "Timestamp(9223372036854775807 us)");
    }
}
