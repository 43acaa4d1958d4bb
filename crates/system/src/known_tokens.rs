//! A cache of verified access tokens, because a lookup is cheaper than a verification.

use chit_chat_domain::session::AccessClaims;
use quick_cache::sync::Cache;

use crate::validity::Validity;

/// The size of the cache: more tokens than most servers use, about two megabytes. Others are verified each time.
const CAPACITY: usize = 4_096;

/// Tokens with a verified signature. Their claims do not change, but their validity ends.
pub(crate) struct KnownTokens(Cache<Box<str>, KnownToken>);

/// The content of a token with a verified signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownToken {
    pub(crate) claims: AccessClaims,
    pub(crate) validity: Validity,
}

impl KnownTokens {
    pub(crate) fn new() -> Self {
        Self(Cache::new(CAPACITY))
    }

    /// The content of the token, which may have expired.
    pub(crate) fn get(&self, token: &str) -> Option<KnownToken> {
        self.0.get(token)
    }

    pub(crate) fn insert(&self, token: &str, known: KnownToken) {
        self.0.insert(token.into(), known);
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::clock::Timestamp;
    use chit_chat_domain::id::{SessionId, UserId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn cache_is_bounded() {
        let claims = AccessClaims {
            user_id: UserId::from(Uuid::nil()),
            session_id: SessionId::from(Uuid::nil()),
            expires_at: Timestamp::from_micros(0),
        };
        let token = KnownToken { claims, validity: Validity { issued_at: 0, expires_at: 0 } };
        let known = KnownTokens::new();
        for n in 0..3 * CAPACITY {
            known.insert(&n.to_string(), token);
        }
        assert!((1..=CAPACITY).contains(&known.0.len()));
        assert_eq!(known.get("another"), None);
    }
}
