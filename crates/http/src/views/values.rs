//! Ids and timestamps on the wire.

use std::fmt::Display;

use chit_chat_domain::clock::Timestamp;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

/// An id as text.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: Display> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A timestamp (RFC 3339, UTC), always with six fractional digits, so that timestamps sort as text.
pub(crate) struct Time(pub(crate) Timestamp);

const FORMAT: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nanos = i128::from(self.0.as_micros()) * 1_000;
        let instant = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(S::Error::custom)?;
        serializer.serialize_str(&instant.format(FORMAT).map_err(S::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_utc_with_microseconds() {
        let text = |micros| serde_json::to_string(&Time(Timestamp::from_micros(micros))).unwrap();
        assert_eq!(text(1_700_000_000_123_456), "\"2023-11-14T22:13:20.123456Z\"");
        assert_eq!(text(0), "\"1970-01-01T00:00:00.000000Z\"");
    }
}
