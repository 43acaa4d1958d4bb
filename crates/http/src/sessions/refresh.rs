//! `POST /api/auth/refresh`

use actix_web::{HttpResponse, web};
use chit_chat_domain::denial::Denial;
use serde::Deserialize;

use super::tokens;
use crate::extract::Json;
use crate::limits::Attempts;
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

#[derive(Deserialize)]
pub(crate) struct Refresh {
    refresh_token: String,
}

pub(crate) async fn refresh(
    attempts: Attempts,
    services: web::Data<Services>,
    body: Json<Refresh>,
) -> Result<HttpResponse, Problem> {
    let attempt = attempts.refresh()?;
    let shown = tokens::read(&body.0.0.refresh_token).ok_or(Denial::InvalidRefreshToken)?;
    let sessions = services.clone();
    let grant = attempt.settle(blocking(move || sessions.sessions.refresh(&shown)).await)?;
    Ok(tokens::answer(&services, &grant))
}
