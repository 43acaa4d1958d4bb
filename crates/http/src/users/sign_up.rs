//! `POST /api/users`

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use chit_chat_domain::user::SignUp;
use serde::Deserialize;

use crate::extract::Json;
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

/// Sign-ups are open. The handler takes it first, so that nobody fills in a form in vain.
pub(crate) struct Open;

impl FromRequest for Open {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Services>>() {
            Some(services) => services.accounts.may_sign_up().map(|()| Self).map_err(Problem::from),
            None => Err(Problem::internal("the services are not wired")),
        })
    }
}

pub(crate) async fn sign_up(
    _: Open,
    services: web::Data<Services>,
    body: Json<NewAccount>,
) -> Result<HttpResponse, Problem> {
    let NewAccount { username, password, email, display_name } = body.into_inner().0;
    let entered = SignUp { username, password, email, display_name };
    let user = blocking(move || services.accounts.sign_up(&entered)).await?;
    let location = format!("/api/users/{}", user.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(OwnView::from(user)))
}
