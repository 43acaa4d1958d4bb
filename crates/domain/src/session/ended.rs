//! Telling the running server that sessions ended, so that their access tokens stop at once.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// A session that ended, and until when its access tokens would have been good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub id: SessionId,
    /// Afterwards no access token of it can be valid.
    pub tokens_expire_at: Timestamp,
}

/// Hears of every session that ends through this instance.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait EndedSessions: Send + Sync {
    /// From now on the access tokens of these sessions are refused.
    fn note(&self, ended: &[EndedSession]);
}

/// For programs that serve nobody. Those that do read in the store's log what ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyListens;

impl EndedSessions for NobodyListens {
    fn note(&self, _: &[EndedSession]) {}
}
