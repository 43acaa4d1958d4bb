//! Sessions that have ended while their access tokens would still be good.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// A session that ended. Until its last access token expires, the server has to refuse them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub id: SessionId,
    /// When its last access token expires.
    pub tokens_expire_at: Timestamp,
}
