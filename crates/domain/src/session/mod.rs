//! Sessions: one per sign-in, kept alive by refresh tokens that are spent at each use.

mod access_token;
mod ended;
mod refresh_token;
mod repository;
mod service;

use std::time::Duration;

pub use access_token::{AccessClaims, AccessTokens};
pub use ended::{EndedSession, EndedSessions, NobodyListens};
pub use refresh_token::{RefreshSecret, RefreshToken, SecretHash};
pub use repository::{LoggedEnd, NewSession, Rotation, SessionRepository};
pub use service::{Grant, SessionService};
#[cfg(feature = "mocks")]
pub use {access_token::MockAccessTokens, ended::MockEndedSessions, repository::MockSessionRepository};

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);
/// How many sessions a user may have; beyond, the oldest end.
pub const MOST_SESSIONS: usize = 100;

const IDLE_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3_600);
const WHOLE_LIFETIME: Duration = Duration::from_secs(90 * 24 * 3_600);
const RETRY_WINDOW: Duration = Duration::from_secs(30);

/// A living or ended sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The sign-in.
    pub created_at: Timestamp,
    /// The last refresh, or the sign-in.
    pub last_used_at: Timestamp,
    /// What the client called itself at sign-in.
    pub user_agent: Option<String>,
    /// The hash of the part that all refresh tokens of the session share.
    pub family: SecretHash,
    /// The hash of the refresh token that is good now.
    pub current: SecretHash,
    /// The hash of the refresh token that was spent last.
    pub spent: Option<SecretHash>,
    /// When that one was spent first.
    pub spent_at: Option<Timestamp>,
    /// When the session ended.
    pub ended_at: Option<Timestamp>,
}

/// What a refresh token that was shown is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It is the current one: spend it.
    Current,
    /// It was spent a moment ago and its successor is unused: the answer got lost, give another.
    Retry,
    /// It was spent before: somebody else has a copy, so the session must end.
    Reused,
    /// It never belonged to this session, or the session is over.
    Invalid,
}

impl Session {
    /// Whether the session is neither ended nor expired.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && now < self.last_used_at.plus(IDLE_LIFETIME)
            && now < self.created_at.plus(WHOLE_LIFETIME)
    }

    /// The earliest sign-in and the earliest use that a session which is alive `now` can have.
    pub fn oldest_alive(now: Timestamp) -> (Timestamp, Timestamp) {
        (now.minus(WHOLE_LIFETIME), now.minus(IDLE_LIFETIME))
    }

    /// Judges a refresh token by the hashes of its two secrets.
    pub fn judge(&self, family: &SecretHash, secret: &SecretHash, now: Timestamp) -> Presented {
        if *family != self.family || !self.is_alive(now) {
            return Presented::Invalid;
        }
        if *secret == self.current {
            return Presented::Current;
        }
        match (&self.spent, self.spent_at) {
            (Some(spent), Some(at)) if spent == secret && now <= at.plus(RETRY_WINDOW) => Presented::Retry,
            _ => Presented::Reused,
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
    fn the_current_token_is_spent() {
        assert_eq!(session().judge(&hash(0), &hash(2), after(60)), Presented::Current);
    }

    #[test]
    fn the_spent_token_is_a_retry_for_half_a_minute() {
        assert_eq!(session().judge(&hash(0), &hash(1), after(30)), Presented::Retry);
        assert_eq!(session().judge(&hash(0), &hash(1), after(31)), Presented::Reused);
    }

    #[test]
    fn an_older_token_is_reuse() {
        assert_eq!(session().judge(&hash(0), &hash(9), after(1)), Presented::Reused);
    }

    #[test]
    fn a_guess_ends_nothing() {
        assert_eq!(session().judge(&hash(7), &hash(9), after(1)), Presented::Invalid);
    }

    #[test]
    fn thirty_idle_days_or_ninety_in_all_end_it() {
        const DAY: u64 = 24 * 3_600;
        let mut session = session();
        assert!(session.is_alive(after(30 * DAY - 1)));
        assert!(!session.is_alive(after(30 * DAY)));
        session.last_used_at = after(89 * DAY);
        assert!(session.is_alive(after(90 * DAY - 1)));
        assert!(!session.is_alive(after(90 * DAY)));
        session.ended_at = Some(START);
        assert_eq!(session.judge(&hash(0), &hash(2), after(1)), Presented::Invalid);
    }
}
