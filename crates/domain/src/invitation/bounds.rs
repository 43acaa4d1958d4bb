//! The validity of an invitation: its lifetime and its number of uses.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::violation::Violation;

/// The lifetime of an invitation: a minute to a year, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(u32);

impl Lifetime {
    pub const SHORTEST: u32 = 60;
    /// The maximum: a year.
    pub const LONGEST: u32 = 31_536_000;

    /// Accepts 60 to 31,536,000 seconds.
    pub fn parse(seconds: i64) -> Result<Self, Violation> {
        match u32::try_from(seconds) {
            Ok(seconds) if (Self::SHORTEST..=Self::LONGEST).contains(&seconds) => Ok(Self(seconds)),
            _ => Err(Violation::NotOneOf("60 to 31536000")),
        }
    }

    /// The end of a lifetime that starts at `now`.
    pub fn end(self, now: Timestamp) -> Timestamp {
        now.plus(Duration::from_secs(self.0.into()))
    }
}

/// The number of users that an invitation admits: 1 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxUses(u16);

impl MaxUses {
    pub const MAX: u16 = 10_000;

    /// Accepts 1 to 10,000.
    pub fn parse(count: i64) -> Result<Self, Violation> {
        match u16::try_from(count) {
            Ok(count) if (1..=Self::MAX).contains(&count) => Ok(Self(count)),
            _ => Err(Violation::NotOneOf("1 to 10000")),
        }
    }

    pub fn get(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lifetime_is_a_minute_to_a_year() {
        for seconds in [60, 31_536_000] {
            assert!(Lifetime::parse(seconds).is_ok());
        }
        for seconds in [i64::MIN, -60, 0, 59, 31_536_001, 4_294_967_356, i64::MAX] {
            assert_eq!(Lifetime::parse(seconds), Err(Violation::NotOneOf("60 to 31536000")));
        }
        let minute = Lifetime::parse(60).map(|lifetime| lifetime.end(Timestamp::from_micros(5)));
        assert_eq!(minute, Ok(Timestamp::from_micros(60_000_005)));
    }

    #[test]
    fn uses_are_one_to_ten_thousand() {
        for count in [i64::MIN, -1, 0, 10_001, 65_537, i64::MAX] {
            assert_eq!(MaxUses::parse(count), Err(Violation::NotOneOf("1 to 10000")));
        }
    }

    proptest! {
        #[test]
        fn max_uses_keeps_count(count in 1_i64..=10_000) {
            prop_assert_eq!(MaxUses::parse(count).map(|uses| i64::from(uses.get())), Ok(count));
        }
    }
}
