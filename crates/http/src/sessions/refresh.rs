//! `POST /api/auth/refresh`

use actix_web::{HttpResponse, web};
use chit_chat_domain::denial::Denial;
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{self, Tokens};
use crate::attempts::Attempts;
use crate::extract::Json;
use crate::openapi::{ANY, BODY, Problems, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// A refresh token to exchange for new tokens.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Refresh {
    #[schema(schema_with = values::shown_token)]
    refresh_token: String,
}

/// Refresh tokens
///
/// Exchanges a refresh token for a new access token and a new refresh token. Each refresh token works once:
/// reusing one ends the session, unless it is a retry within half a minute, which
/// returns the same refresh token again.
#[utoipa::path(
    post, path = "/api/auth/refresh", operation_id = "refresh_tokens", tag = "sessions",
    request_body = Refresh,
    responses(
        (status = 200, description = "The new tokens", body = Tokens, headers(("Cache-Control"), ("Pragma"))),
        Problems<{ ANY | BODY | of(&[Code::InvalidRefreshToken]) }>,
    ),
)]
pub(crate) async fn refresh(
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<Refresh>,
) -> Result<HttpResponse, Problem> {
    let shown = tokens::read(&body.0.0.refresh_token);
    let attempt = attempts.refresh(shown.as_ref().map(|token| token.user_id))?;
    let shown = shown.ok_or(Denial::InvalidRefreshToken)?;
    let grant = attempt.run(&state, move |state| state.services.sessions.refresh(&shown)).await?;
    Ok(tokens::answer(&state, &grant))
}
