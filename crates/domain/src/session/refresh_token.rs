//! Refresh tokens, which are opaque to clients and contain the ids of user and session, and two secrets.
//!
//! All tokens of a session share the family secret. It distinguishes a token that was spent long ago (reuse:
//! the session ends) from a guess (nothing happens) without storing every spent token.

use std::fmt;

use uuid::Uuid;

use crate::id::{SessionId, UserId};

const ID: usize = 16;
const SECRET: usize = 32;

/// Random bytes that only the client stores. `Debug` redacts them.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshSecret([u8; SECRET]);

impl RefreshSecret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; SECRET]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the hash.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RefreshSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshSecret(..)")
    }
}

/// The stored hash of a [`RefreshSecret`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Wraps a hash.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

/// A complete refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    pub user_id: UserId,
    /// The session of the token.
    pub session_id: SessionId,
    /// The secret that all tokens of the session share.
    pub family: RefreshSecret,
    /// The secret of this token.
    pub secret: RefreshSecret,
}

impl RefreshToken {
    /// The token as bytes, to be encoded for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (user, session) = (Uuid::from(self.user_id), Uuid::from(self.session_id));
        [user.as_bytes(), session.as_bytes(), self.family.reveal(), self.secret.reveal()].concat()
    }

    /// Parses a token; `None` if these bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (user, rest) = bytes.split_first_chunk::<ID>()?;
        let (session, rest) = rest.split_first_chunk::<ID>()?;
        let (family, rest) = rest.split_first_chunk::<SECRET>()?;
        let secret: [u8; SECRET] = rest.try_into().ok()?;
        Some(Self {
            user_id: UserId::from(Uuid::from_bytes(*user)),
            session_id: SessionId::from(Uuid::from_bytes(*session)),
            family: RefreshSecret(*family),
            secret: RefreshSecret(secret),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn token_requires_exact_length(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(token) = RefreshToken::from_bytes(&bytes) {
                prop_assert_eq!(token.to_bytes(), bytes);
            } else {
                prop_assert_ne!(bytes.len(), 2 * ID + 2 * SECRET);
            }
        }
    }
}
