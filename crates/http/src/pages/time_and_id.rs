//! Positions in lists that are ordered by time, and by id at the same time.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use chit_chat_domain::clock::Timestamp;

/// The valid times, in microseconds: up to the year 9999, because no store holds later ones.
const MOMENTS: Range<i64> = 0..253_402_300_800_000_000;

/// Writes a position: the time in microseconds, and the id.
pub(crate) fn written(at: Timestamp, id: &impl Display) -> String {
    format!("{} {id}", at.as_micros())
}

/// Reads a position back.
pub(crate) fn parse<I: FromStr>(text: &str) -> Option<(Timestamp, I)> {
    let (micros, id) = text.split_once(' ')?;
    let micros = micros.parse().ok().filter(|micros| MOMENTS.contains(micros))?;
    Some((Timestamp::from_micros(micros), id.parse().ok()?))
}
