//! The port that stores sessions.

use super::{EndedSession, SecretHash, Session};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{SessionId, UserId};
use crate::store_error::StoreError;
use crate::user::PasswordHash;

/// A session about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    /// The client's user agent.
    pub user_agent: Option<String>,
    /// The hash of the secret that all refresh tokens of the session share.
    pub family: SecretHash,
    /// The hash of the first refresh token.
    pub current: SecretHash,
    /// The hash that the password was checked against; if it has changed since, no session is created.
    pub checked: PasswordHash,
}

/// A refresh token to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub user_id: UserId,
    /// The session of the token.
    pub session_id: SessionId,
    /// The current hash as it was read; if it has changed since, nothing is written.
    pub read: SecretHash,
    /// The hash of the new token.
    pub next: SecretHash,
    /// The spent token and the time; `None` if it was spent before.
    pub spends: Option<(SecretHash, Timestamp)>,
    /// The time of use.
    pub at: Timestamp,
}

/// One entry of the store's log of ended sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedEnd {
    /// The position in the log. Positions ascend, but entries can become visible slightly out of order.
    pub position: i64,
    /// The ended session.
    pub session: EndedSession,
}

/// Stores sessions.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SessionRepository: Send + Sync {
    /// Stores a session of a living user and ends the oldest beyond `most`; `None` if the user is deleted or
    /// disabled, or the password has changed since it was checked.
    fn create(&self, session: NewSession, most: usize) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// The session, alive or ended.
    fn find(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Replaces a refresh token if the session has not changed since it was read.
    fn rotate(&self, rotation: Rotation) -> Result<Guarded, StoreError>;

    /// The user's sessions that are alive, newest first.
    fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Ends a session; `None` if there is no open session with this id.
    fn end(&self, user: UserId, id: SessionId, at: Timestamp) -> Result<Option<EndedSession>, StoreError>;

    /// The sessions that ended after this position of the log and may still have valid access tokens.
    fn ended_since(&self, position: i64, now: Timestamp) -> Result<Vec<LoggedEnd>, StoreError>;

    /// Deletes ended sessions, and log entries whose tokens have expired.
    fn forget(&self, now: Timestamp) -> Result<(), StoreError>;
}
