//! The period in which an access token is valid.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::session::{ACCESS_TOKEN_LIFETIME, CLOCK_SKEW};

/// The times of a token, in seconds. A cached token is checked as strictly as a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

impl Validity {
    /// Returns whether the token has been issued already, with a lifetime of at most that of our tokens, and has
    /// not expired.
    pub(crate) fn includes(self, now: Timestamp) -> bool {
        let lifetime = Timestamp::from_micros(0).plus(ACCESS_TOKEN_LIFETIME).as_seconds();
        self.issued_at <= now.plus(CLOCK_SKEW).as_seconds()
            && self.expires_at.saturating_sub(self.issued_at) <= lifetime
            && now.as_seconds() < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_valid_until_the_second_of_its_expiry() {
        let validity = Validity { issued_at: 1_000, expires_at: 4_600 };
        let includes = |seconds: i64| validity.includes(Timestamp::from_micros(seconds * 1_000_000));
        assert!(includes(1_000) && includes(4_599));
        assert!(!includes(4_600) && !includes(4_601));
    }

    #[test]
    fn token_from_the_future_or_with_a_longer_lifetime_is_invalid() {
        let now = Timestamp::from_micros(1_000_000_000);
        assert!(Validity { issued_at: 1_060, expires_at: 4_660 }.includes(now), "clocks may differ");
        assert!(!Validity { issued_at: 1_061, expires_at: 4_661 }.includes(now));
        assert!(!Validity { issued_at: 1_000, expires_at: 4_601 }.includes(now));
    }
}
