//! `POST /api/auth/session`

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::tokens;
use crate::extract::{Json, user_agent};
use crate::limits::Attempts;
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

#[derive(Deserialize)]
pub(crate) struct Login {
    username: String,
    password: String,
}

pub(crate) async fn sign_in(
    request: HttpRequest,
    attempts: Attempts,
    services: web::Data<Services>,
    body: Json<Login>,
) -> Result<HttpResponse, Problem> {
    let Login { username, password } = body.into_inner().0;
    let agent = user_agent(&request);
    let attempt = attempts.guess(username.to_ascii_lowercase())?;
    let sessions = services.clone();
    let grant = blocking(move || sessions.sessions.sign_in(&username, &password, agent.as_deref())).await;
    let grant = attempt.settle(grant)?;
    Ok(tokens::answer(&services, &grant))
}
