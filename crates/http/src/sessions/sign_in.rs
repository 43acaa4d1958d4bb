//! `POST /api/auth/session`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::user::Username;
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{self, Tokens};
use crate::attempts::Attempts;
use crate::extract::{Json, user_agent};
use crate::openapi::{ANY, BODY, Problems, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Credentials.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    #[schema(schema_with = values::known_username)]
    username: String,
    #[schema(schema_with = values::known_password)]
    password: String,
}

/// Sign in
///
/// Starts a session and returns an access token, valid for one hour, and a refresh token to renew it.
#[utoipa::path(
    post, path = "/api/auth/session", operation_id = "sign_in", tag = "sessions",
    request_body = Login,
    responses(
        (status = 200, description = "The new session's tokens", body = Tokens, headers(("Cache-Control"), ("Pragma"))),
        Problems<{ ANY | BODY | of(&[Code::InvalidCredentials, Code::AccountDisabled]) }>,
    ),
)]
pub(crate) async fn sign_in(
    request: HttpRequest,
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<Login>,
) -> Result<HttpResponse, Problem> {
    let Login { username, password } = body.into_inner().0;
    let agent = user_agent(&request);
    let attempt = attempts.sign_in(&Username::fold_entered(&username))?;
    let grant =
        attempt.hash(&state, move |state| state.services.sessions.sign_in(&username, &password, agent.as_deref()));
    let grant = grant.await?;
    Ok(tokens::answer(&state, &grant))
}
