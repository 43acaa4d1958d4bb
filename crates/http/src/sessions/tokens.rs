//! The response with tokens (RFC 6749, section 5.1).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::session::{ACCESS_TOKEN_LIFETIME, Grant, RefreshToken};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::values;
use crate::state::State;

/// The tokens of a session (RFC 6749).
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    #[schema(schema_with = values::username, required)]
    username: Option<String>,
    /// Sent as `Authorization: Bearer ...`.
    #[schema(schema_with = values::token)]
    access_token: String,
    /// A copy of the access token, for older clients.
    #[schema(schema_with = values::token)]
    token: String,
    #[schema(schema_with = values::bearer)]
    token_type: &'static str,
    #[schema(schema_with = values::expires_in)]
    expires_in: u64,
    /// Exchanged at `POST /api/auth/refresh`.
    #[schema(schema_with = values::token)]
    refresh_token: String,
}

pub(crate) fn answer(state: &State, grant: &Grant) -> HttpResponse {
    let access_token = state.tokens.issue(grant.user.id, grant.session_id, state.clock.now());
    let profile = grant.user.profile.as_ref();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).json(
        Tokens {
            username: profile.map(|profile| profile.username.as_str().to_owned()),
            token: access_token.clone(),
            access_token,
            token_type: "Bearer",
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
            refresh_token: BASE64_URL_SAFE_NO_PAD.encode(grant.refresh_token.to_bytes()),
        },
    )
}

/// Parses a refresh token. `None` if it is malformed.
pub(crate) fn read(text: &str) -> Option<RefreshToken> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| RefreshToken::from_bytes(&bytes))
}
