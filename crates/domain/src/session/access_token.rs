//! Access tokens: what a request shows to say who sends it.

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

/// What a valid access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    pub user_id: UserId,
    pub session_id: SessionId,
    /// When the token stops being valid.
    pub expires_at: Timestamp,
}

/// Issues and verifies access tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// A token that is good for [`ACCESS_TOKEN_LIFETIME`](super::ACCESS_TOKEN_LIFETIME).
    fn issue(&self, user: UserId, session: SessionId, now: Timestamp) -> String;

    /// What the token says, if it is one of ours and neither expired nor altered. Whether its
    /// session has ended is not for the token to say.
    fn verify(&self, token: &str) -> Option<AccessClaims>;
}
