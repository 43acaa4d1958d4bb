//! A cache of verified access tokens, because a lookup is cheaper than a verification.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::session::AccessClaims;
use quick_cache::sync::Cache;

/// The size of the cache: more tokens than most servers use, about two megabytes. Others are verified each time.
const CAPACITY: usize = 4_096;

/// Verified tokens. Their claims do not change, but they expire.
pub(crate) struct KnownTokens(Cache<Box<str>, AccessClaims>);

impl KnownTokens {
    pub(crate) fn new() -> Self {
        Self(Cache::new(CAPACITY))
    }

    /// The claims of the token, unless it has expired.
    pub(crate) fn get(&self, token: &str, now: Timestamp) -> Option<AccessClaims> {
        self.0.get(token).filter(|claims| now.as_seconds() <= claims.expires_at.as_seconds())
    }

    pub(crate) fn insert(&self, token: &str, claims: AccessClaims) {
        self.0.insert(token.into(), claims);
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::id::{SessionId, UserId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn token_is_known_until_expiry() {
        let expires_at = Timestamp::from_micros(5_000_000);
        let claims = AccessClaims {
            user_id: UserId::from(Uuid::nil()),
            session_id: SessionId::from(Uuid::nil()),
            expires_at,
        };
        let known = KnownTokens::new();
        known.insert("a.b.c", claims);
        assert_eq!(known.get("a.b.c", expires_at), Some(claims));
        assert_eq!(known.get("a.b.c", Timestamp::from_micros(6_000_000)), None);
        assert_eq!(known.get("a.b.d", expires_at), None);
    }

    #[test]
    fn cache_is_bounded() {
        let claims = AccessClaims {
            user_id: UserId::from(Uuid::nil()),
            session_id: SessionId::from(Uuid::nil()),
            expires_at: Timestamp::from_micros(0),
        };
        let known = KnownTokens::new();
        for n in 0..3 * CAPACITY {
            known.insert(&n.to_string(), claims);
        }
        assert!((1..=CAPACITY).contains(&known.0.len()));
    }
}
