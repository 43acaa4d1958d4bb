//! Access tokens, which authenticate requests.

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// The claims of a valid access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    pub user_id: UserId,
    pub session_id: SessionId,
    /// The time at which the token expires.
    pub expires_at: Timestamp,
}

/// Issues and verifies access tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// Issues a token that is valid for [`ACCESS_TOKEN_LIFETIME`](super::ACCESS_TOKEN_LIFETIME).
    fn issue(&self, user: UserId, session: SessionId, now: Timestamp) -> String;

    /// Returns the claims of a token that this service has issued and that has not expired. It does not check
    /// whether the session has ended.
    fn verify(&self, token: &str) -> Option<AccessClaims>;

    /// Returns whether a token with this expiry, verified earlier, has expired since.
    fn has_expired(&self, expires_at: Timestamp) -> bool;
}
