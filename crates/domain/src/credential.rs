//! The credentials with which users act.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// The credential behind a request or a stream. Code that depends on the kind matches on it, so that the compiler
/// points out each place for a new kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// An access token of a session.
    Session {
        id: SessionId,
        /// The time at which the token expires.
        expires_at: Timestamp,
    },
}

impl Via {
    /// The time at which the credential expires.
    pub fn expires_at(self) -> Timestamp {
        match self {
            Self::Session { expires_at, .. } => expires_at,
        }
    }
}
