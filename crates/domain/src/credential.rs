//! Credentials that somebody acts with.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// The credential behind a request or a stream. What depends on the kind matches on it, so that the
/// compiler asks about each new kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// An access token of a session.
    Session {
        id: SessionId,
        /// When the token stops being valid.
        expires_at: Timestamp,
    },
}

impl Via {
    /// When the credential stops being valid by itself.
    pub fn expires_at(self) -> Timestamp {
        match self {
            Self::Session { expires_at, .. } => expires_at,
        }
    }
}
