//! Access tokens as JSON Web Tokens (RFC 9068), signed with HS256.

use std::collections::HashSet;

use chit_chat_domain::clock::{Clock, Timestamp};
use chit_chat_domain::id::{SessionId, UserId};
use chit_chat_domain::session::{ACCESS_TOKEN_LIFETIME, AccessClaims, AccessTokens};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::SystemClock;
use crate::known_tokens::{KnownToken, KnownTokens};
use crate::signing_keys::SigningKeys;
use crate::validity::Validity;

const ISSUER: &str = "chit-chat";
const AUDIENCE: &str = "chit-chat";
const TYPE: &str = "at+jwt";

#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// Issues and verifies access tokens.
pub struct JwtAccessTokens {
    signing: EncodingKey,
    verifying: Vec<DecodingKey>,
    header: Header,
    validation: Validation,
    known: KnownTokens,
}

impl JwtAccessTokens {
    /// Uses the first key to sign and all keys to verify.
    #[expect(clippy::expect_used, reason = "`SigningKeys` holds one key or more, and none is empty")]
    pub fn new(keys: &SigningKeys) -> Self {
        let (first, keys) = (keys.signing(), keys.all());
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        Self {
            signing: EncodingKey::from_secret(first).expect("a key"),
            verifying: keys.iter().map(|key| DecodingKey::from_secret(key).expect("a key")).collect(),
            header,
            validation: strict(),
            known: KnownTokens::new(),
        }
    }

    fn decode(&self, token: &str) -> Option<KnownToken> {
        let verified =
            self.verifying.iter().find_map(|key| decode::<Claims>(token, key, &self.validation).ok())?;
        // The header must match exactly: this server never writes other parameters, such as `jku`, `jwk` or
        // `crit`.
        let Claims { sub, sid, iat, exp, .. } = verified.claims;
        let expires_at = Timestamp::from_micros(exp.saturating_mul(1_000_000));
        (verified.header == self.header).then_some(KnownToken {
            claims: AccessClaims { user_id: sub.into(), session_id: sid.into(), expires_at },
            validity: Validity { issued_at: iat, expires_at: exp },
        })
    }
}

/// Stricter than the library's defaults, which allow a minute of leeway and check neither audience nor `nbf`.
fn strict() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.required_spec_claims = HashSet::from(["exp", "iss", "aud", "sub"].map(str::to_owned));
    validation
}

impl AccessTokens for JwtAccessTokens {
    #[expect(clippy::expect_used, reason = "these claims and this kind of key cannot fail to encode")]
    fn issue(&self, user: UserId, session: SessionId, now: Timestamp) -> String {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.into(),
            sid: session.into(),
            iat: now.as_seconds(),
            exp: now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
            jti: Uuid::now_v7(),
        };
        encode(&self.header, &claims, &self.signing).expect("claims are encoded")
    }

    fn verify(&self, token: &str) -> Option<AccessClaims> {
        let now = SystemClock.now();
        let known = self.known.get(token).or_else(|| {
            let verified = self.decode(token).filter(|token| token.validity.includes(now))?;
            self.known.insert(token, verified);
            Some(verified)
        })?;
        known.validity.includes(now).then_some(known.claims)
    }

    fn has_expired(&self, expires_at: Timestamp) -> bool {
        expires_at <= SystemClock.now()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::Jwk;
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "a key that has 32 bytes or more and digits";

    fn tokens(keys: &str) -> JwtAccessTokens {
        JwtAccessTokens::new(&SigningKeys::parse(keys).unwrap())
    }

    fn claims() -> Value {
        let now = SystemClock.now().as_seconds();
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::nil(), "sid": Uuid::nil(),
            "iat": now, "exp": now + 60, "jti": Uuid::nil(),
        })
    }

    fn forged(header: &Header, claims: &Value, key: &str) -> String {
        encode(header, claims, &EncodingKey::from_secret(key.as_bytes()).unwrap()).unwrap()
    }

    fn accepts(change: impl FnOnce(&mut Header, &mut Value)) -> bool {
        let (mut header, mut claims) = (Header::new(Algorithm::HS256), claims());
        header.typ = Some(TYPE.to_owned());
        change(&mut header, &mut claims);
        tokens(KEY).verify(&forged(&header, &claims, KEY)).is_some()
    }

    #[test]
    fn token_holds_session_and_expiry() {
        let (user, session) = (UserId::from(Uuid::now_v7()), SessionId::from(Uuid::now_v7()));
        let now = SystemClock.now();
        let said = tokens(KEY).verify(&tokens(KEY).issue(user, session, now)).unwrap();
        assert_eq!((said.user_id, said.session_id), (user, session));
        assert_eq!(said.expires_at.as_seconds(), now.as_seconds() + 3_600);
    }

    #[test]
    fn forger_makes_valid_tokens() {
        assert!(accepts(|_, _| ()));
    }

    #[test]
    fn each_claim_is_verified() {
        let now = SystemClock.now().as_seconds();
        assert!(!accepts(|_, claims| claims["exp"] = json!(now - 1)));
        assert!(!accepts(|_, claims| claims["exp"] = json!(now)), "the expiry itself is too late");
        assert!(!accepts(|_, claims| claims["nbf"] = json!(now + 60)));
        assert!(!accepts(|_, claims| claims["iss"] = json!("another")));
        assert!(!accepts(|_, claims| claims["aud"] = json!("another")));
        assert!(!accepts(|_, claims| claims["sub"] = json!("not a uuid")));
        for missing in ["iss", "aud", "sub", "sid", "iat", "exp", "jti"] {
            assert!(!accepts(|_, claims| drop(claims.as_object_mut().unwrap().remove(missing))), "{missing}");
        }
    }

    #[test]
    fn overlong_lifetime_is_rejected() {
        let now = SystemClock.now().as_seconds();
        let spans = |iat: i64, exp: i64| {
            accepts(|_, claims| {
                claims["iat"] = json!(now + iat);
                claims["exp"] = json!(now + exp);
            })
        };
        assert!(spans(0, 3_600) && spans(-3_000, 600) && spans(50, 3_650));
        assert!(!spans(0, 3_601));
        assert!(!spans(70, 3_600));
        assert!(!spans(-3_600, 60));
        assert!(!spans(0, i64::MAX - now));
    }

    #[test]
    fn unknown_header_fields_are_rejected() {
        assert!(!accepts(|header, _| header.jku = Some("https://example.com/keys".to_owned())));
        assert!(!accepts(|header, _| header.jwk = Some(jwk())));
        assert!(!accepts(|header, _| header.kid = Some("1".to_owned())));
        assert!(!accepts(|header, _| header.crit = Some(vec!["exp".to_owned()])));
        assert!(!accepts(|header, _| header.extras.insert("b64", false)));
    }

    fn jwk() -> Jwk {
        serde_json::from_value(json!({"kty": "oct", "k": "AAAA"})).unwrap()
    }

    #[test]
    fn type_algorithm_and_signature_are_verified() {
        assert!(!accepts(|header, _| header.typ = Some("JWT".to_owned())));
        assert!(!accepts(|header, _| header.typ = None));
        assert!(!accepts(|header, _| header.alg = Algorithm::HS384));
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        let other = forged(&header, &claims(), "another key that has 32 bytes or more");
        assert!(tokens(KEY).verify(&other).is_none());
        let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.";
        assert!(tokens(KEY).verify(unsigned).is_none());
        let (tokens, good) = (tokens(KEY), forged(&header, &claims(), KEY));
        for _ in 0..2 {
            assert!(tokens.verify(&good).is_some());
            assert!(tokens.verify(&good[..good.len() - 4]).is_none());
        }
    }

    #[test]
    fn old_key_verifies_while_new_key_signs() {
        let old = tokens(KEY).issue(UserId::from(Uuid::nil()), SessionId::from(Uuid::nil()), SystemClock.now());
        let rotated = tokens(&format!("the newest key of 32 bytes or more,{KEY}"));
        assert!(rotated.verify(&old).is_some());
        let new = rotated.issue(UserId::from(Uuid::nil()), SessionId::from(Uuid::nil()), SystemClock.now());
        assert!(tokens(KEY).verify(&new).is_none());
    }
}
