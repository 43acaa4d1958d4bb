//! `POST /api/users`

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use chit_chat_domain::user::SignUp;
use serde::Deserialize;

use crate::extract::Json;
use crate::limits::Attempts;
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::OwnView;

#[derive(Deserialize)]
pub(crate) struct NewAccount {
    username: String,
    password: String,
    email: Option<String>,
    display_name: Option<String>,
}

pub(crate) async fn sign_up(
    attempts: Attempts,
    services: web::Data<Services>,
    body: Json<NewAccount>,
) -> Result<HttpResponse, Problem> {
    let NewAccount { username, password, email, display_name } = body.into_inner().0;
    let entered = SignUp { username, password, email, display_name };
    let attempt = attempts.sign_up()?;
    let user = attempt.settle(blocking(move || services.accounts.sign_up(&entered)).await)?;
    let location = format!("/api/users/{}", user.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(OwnView::from(user)))
}
