//! The credentials with which users act.

use crate::clock::Timestamp;
use crate::id::{KeyId, SecretId, SessionId};
use crate::scope::Scopes;

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
    /// A key.
    Key {
        id: KeyId,
        /// The secret that was shown.
        secret: SecretId,
        scopes: Scopes,
        /// True if the key reaches only the chatrooms of its list.
        limited: bool,
        /// The time at which the secret expires.
        expires_at: Timestamp,
        /// The time until which the look-up of the key can be relied on, because the end of a secret is logged only
        /// for a while.
        checked_until: Timestamp,
    },
}

impl Via {
    /// The time at which the credential expires.
    pub fn expires_at(self) -> Timestamp {
        match self {
            Self::Session { expires_at, .. } | Self::Key { expires_at, .. } => expires_at,
        }
    }

    /// The time until which a stream can rely on the credential.
    pub fn checked_until(self) -> Timestamp {
        match self {
            Self::Session { expires_at, .. } => expires_at,
            Self::Key { checked_until, .. } => checked_until,
        }
    }

    /// The credential with other scopes; a session has no scopes.
    #[must_use]
    pub fn with_scopes(mut self, other: Scopes) -> Self {
        if let Self::Key { scopes, .. } = &mut self {
            *scopes = other;
        }
        self
    }

    /// The id under which the end of the credential is logged.
    pub fn logged_as(self) -> SessionId {
        match self {
            Self::Session { id, .. } => id,
            Self::Key { secret, .. } => secret.into(),
        }
    }
}
