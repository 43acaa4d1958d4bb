//! The port that keeps sessions.

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
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Shared by all refresh tokens of the session.
    pub family: SecretHash,
    /// The first refresh token's.
    pub current: SecretHash,
    /// What the password was checked against; a password changed meanwhile opens no session.
    pub checked: PasswordHash,
}

/// A refresh token to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub user_id: UserId,
    /// Of which session.
    pub session_id: SessionId,
    /// The current hash as it was read; if it moved meanwhile, nothing changes.
    pub read: SecretHash,
    /// The hash of the new token.
    pub next: SecretHash,
    /// The token that is spent by this, and when; `None` if it was spent before.
    pub spends: Option<(SecretHash, Timestamp)>,
    /// The session was used now.
    pub at: Timestamp,
}

/// One entry of the store's log of ended sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedEnd {
    /// Grows; entries may become visible a little out of order.
    pub position: i64,
    /// What ended.
    pub session: EndedSession,
}

/// Keeps sessions.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SessionRepository: Send + Sync {
    /// Stores a session of a living user and ends the oldest beyond `most`; `None` if the user is
    /// gone or disabled, or has another password by now.
    fn create(&self, session: NewSession, most: usize) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// The session, also an ended one.
    fn find(&self, user: UserId, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Replaces a refresh token if the session is still as it was read.
    fn rotate(&self, rotation: Rotation) -> Result<Guarded, StoreError>;

    /// The user's sessions that are alive, newest first.
    fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Ends a session; `None` if there is none that is open.
    fn end(&self, user: UserId, id: SessionId, at: Timestamp) -> Result<Option<EndedSession>, StoreError>;

    /// Sessions that ended behind this position of the log and may still have valid access tokens.
    fn ended_since(&self, position: i64, now: Timestamp) -> Result<Vec<LoggedEnd>, StoreError>;

    /// Forgets sessions that are over, and log entries whose tokens have expired.
    fn forget(&self, now: Timestamp) -> Result<(), StoreError>;
}
