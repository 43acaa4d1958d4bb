//! Notifies the running server of ended sessions, so that it refuses their access tokens at once.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// An ended session, and the time until which its access tokens would be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub id: SessionId,
    /// After this time, all its access tokens have expired.
    pub tokens_expire_at: Timestamp,
}

/// Receives every session that ends through this instance.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait EndedSessions: Send + Sync {
    /// Makes the server refuse the access tokens of these sessions.
    fn note(&self, ended: &[EndedSession]);
}

/// For programs other than the server. The servers read the ended sessions from the store's log.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyListens;

impl EndedSessions for NobodyListens {
    fn note(&self, _: &[EndedSession]) {}
}
