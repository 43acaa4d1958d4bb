//! `POST /api/auth/revoke`

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use chit_chat_domain::denial::Failure;
use chit_chat_domain::id::UserId;
use chit_chat_domain::session::{AccessClaims, RefreshToken};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens;
use crate::attempts::Attempts;
use crate::extract::FormOrJson;
use crate::openapi::{ANY, BODY, Problems, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// A token whose session should end.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Revocation {
    /// The refresh token or an access token.
    #[schema(schema_with = values::shown_token)]
    token: String,
}

/// Revoke a token
///
/// Ends the session of a refresh token or an access token (RFC 7009): none of its tokens can be used afterwards. It
/// needs no valid access token, so a client can sign out after a long time offline. Tokens that are unknown, have
/// expired or were revoked before get the same response. `token_type_hint` is accepted and ignored.
#[utoipa::path(
    post, path = "/api/auth/revoke", operation_id = "revoke_token", tag = "sessions",
    request_body(content((Revocation = "application/x-www-form-urlencoded"), (Revocation = "application/json"))),
    responses(
        (status = 200, description = "No session has this token any longer", headers(("Cache-Control"))),
        Problems<{ ANY | BODY }>,
    ),
)]
pub(crate) async fn revoke(
    attempts: Attempts,
    state: web::Data<State>,
    body: FormOrJson<Revocation>,
) -> Result<HttpResponse, Problem> {
    let token = Token::parse(&state, &body.0.token);
    let attempt = attempts.refresh(token.as_ref().map(Token::user))?;
    if let Some(token) = token {
        let revoked = attempt.run(&state, move |state| token.revoke(state)).await;
        accept_unknown(revoked)?;
    }
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).finish())
}

enum Token {
    Refresh(RefreshToken),
    Access(AccessClaims),
}

impl Token {
    /// Parses a token. `None` if it is malformed, or an access token that is not valid.
    fn parse(state: &State, text: &str) -> Option<Self> {
        tokens::read(text).map(Self::Refresh).or_else(|| state.tokens.verify(text).map(Self::Access))
    }

    fn user(&self) -> UserId {
        match self {
            Self::Refresh(token) => token.user_id,
            Self::Access(claims) => claims.user_id,
        }
    }

    fn revoke(&self, state: &State) -> Result<(), Failure> {
        match self {
            Self::Refresh(token) => state.services.sessions.revoke(token),
            Self::Access(claims) => state.services.sessions.sign_out(claims.user_id, claims.session_id),
        }
    }
}

/// Accepts what leaves no session with the token (RFC 7009, section 2.2).
fn accept_unknown(revoked: Result<(), Problem>) -> Result<(), Problem> {
    match revoked {
        Err(problem) if matches!(problem.code, Code::InvalidRefreshToken | Code::SessionNotFound) => Ok(()),
        revoked => revoked,
    }
}
