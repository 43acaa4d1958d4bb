//! Sessions: one per sign-in, extended by refresh tokens that can be used once.

mod access_token;
mod ended;
mod refresh_token;
mod repository;
mod service;

use std::time::Duration;

pub use access_token::{AccessClaims, AccessTokens};
pub use ended::EndedSession;
pub use refresh_token::{RefreshSecret, RefreshToken, SecretHash};
pub use repository::{LoggedEnd, NewSession, Rotation, SessionRepository};
pub use service::{Grant, SessionService};
#[cfg(feature = "mocks")]
pub use {access_token::MockAccessTokens, repository::MockSessionRepository};

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// The lifetime of an access token.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);
/// The tolerated difference between the clocks of two instances.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
/// The time for which the end of a session is remembered: until the last token that any instance may have issued
/// has expired by every clock, and a minute more.
pub const END_RETENTION: Duration =
    ACCESS_TOKEN_LIFETIME.saturating_add(CLOCK_SKEW).saturating_add(Duration::from_secs(60));
/// The maximum number of sessions of a user; the oldest beyond it end.
pub const MAX_SESSIONS: usize = 100;

const IDLE_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3_600);
const WHOLE_LIFETIME: Duration = Duration::from_secs(90 * 24 * 3_600);
const RETRY_WINDOW: Duration = Duration::from_secs(30);

/// A session, alive or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The time of the sign-in.
    pub created_at: Timestamp,
    /// The time of the last refresh or of the sign-in.
    pub last_used_at: Timestamp,
    /// The client's user agent at sign-in.
    pub user_agent: Option<String>,
    /// The hash of the part that all refresh tokens of the session share.
    pub family: SecretHash,
    /// The hash of the current refresh token.
    pub current: SecretHash,
    /// The hash of the refresh token that was spent last.
    pub spent: Option<SecretHash>,
    /// The time when `spent` was used first.
    pub spent_at: Option<Timestamp>,
    /// The time when the session ended.
    pub ended_at: Option<Timestamp>,
}

/// The verdict on a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// The token is the current one, and this use spends it.
    Current,
    /// The token was spent a moment ago and its successor is unused, so the response was lost: another one must be
    /// issued.
    Retry,
    /// The token was spent earlier, so it was copied: the session must end.
    Reused,
    /// The token never belonged to this session, or the session has ended.
    Invalid,
}

impl Session {
    /// Returns whether the session has neither ended nor expired.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && now < self.last_used_at.plus(IDLE_LIFETIME)
            && now < self.created_at.plus(WHOLE_LIFETIME)
    }

    /// The earliest sign-in and the earliest use of a session that is alive at `now`.
    pub fn oldest_alive(now: Timestamp) -> (Timestamp, Timestamp) {
        (now.minus(WHOLE_LIFETIME), now.minus(IDLE_LIFETIME))
    }

    /// Returns whether a refresh token was issued for this session, by the hash of its family secret.
    pub fn has_family(&self, family: &SecretHash) -> bool {
        *family == self.family
    }

    /// Checks a refresh token by the hashes of its two secrets.
    pub fn check_token(&self, family: &SecretHash, secret: &SecretHash, now: Timestamp) -> TokenStatus {
        if !self.has_family(family) || !self.is_alive(now) {
            return TokenStatus::Invalid;
        }
        if *secret == self.current {
            return TokenStatus::Current;
        }
        match (&self.spent, self.spent_at) {
            (Some(spent), Some(at)) if spent == secret && now <= at.plus(RETRY_WINDOW) => TokenStatus::Retry,
            _ => TokenStatus::Reused,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_000_000_000_000_000);

    fn hash(n: u8) -> SecretHash {
        SecretHash::new([n; 32])
    }

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn session() -> Session {
        Session {
            id: SessionId::from(Uuid::nil()),
            user_id: UserId::from(Uuid::nil()),
            created_at: START,
            last_used_at: START,
            user_agent: None,
            family: hash(0),
            current: hash(2),
            spent: Some(hash(1)),
            spent_at: Some(START),
            ended_at: None,
        }
    }

    #[test]
    fn current_token_is_spent() {
        assert_eq!(session().check_token(&hash(0), &hash(2), after(60)), TokenStatus::Current);
    }

    #[test]
    fn spent_token_is_retry_for_half_a_minute() {
        assert_eq!(session().check_token(&hash(0), &hash(1), after(30)), TokenStatus::Retry);
        assert_eq!(session().check_token(&hash(0), &hash(1), after(31)), TokenStatus::Reused);
    }

    #[test]
    fn older_token_is_reuse() {
        assert_eq!(session().check_token(&hash(0), &hash(9), after(1)), TokenStatus::Reused);
    }

    #[test]
    fn guessed_token_ends_no_session() {
        assert_eq!(session().check_token(&hash(7), &hash(9), after(1)), TokenStatus::Invalid);
    }

    #[test]
    fn session_expires_after_30_idle_or_90_days() {
        const DAY: u64 = 24 * 3_600;
        let mut session = session();
        assert!(session.is_alive(after(30 * DAY - 1)));
        assert!(!session.is_alive(after(30 * DAY)));
        session.last_used_at = after(89 * DAY);
        assert!(session.is_alive(after(90 * DAY - 1)));
        assert!(!session.is_alive(after(90 * DAY)));
        session.ended_at = Some(START);
        assert_eq!(session.check_token(&hash(0), &hash(2), after(1)), TokenStatus::Invalid);
    }
}
