//! `POST /api/users`

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use chit_chat_domain::storage::StorageUse;
use chit_chat_domain::user::SignUp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Attempts;
use crate::extract::Json;
use crate::openapi::{ANY, FORM, Problems, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::OwnView;

/// A new account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewAccount {
    #[schema(schema_with = values::username)]
    username: String,
    #[schema(schema_with = values::password)]
    password: String,
    #[schema(schema_with = values::email_or_null)]
    email: Option<String>,
    #[schema(schema_with = values::display_name_or_null)]
    display_name: Option<String>,
}

/// Rejects the request if sign-up is closed. Extracted first, so that the body is not validated before.
pub(crate) struct Open;

impl FromRequest for Open {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<State>>() {
            Some(state) => state.services.accounts.may_sign_up().map(|()| Self).map_err(Problem::from),
            None => Err(Problem::internal("the services are not configured")),
        })
    }
}

/// Sign up
///
/// Creates an account. Sign in afterwards to start a session.
#[utoipa::path(
    post, path = "/api/users", operation_id = "sign_up", tag = "users",
    request_body = NewAccount,
    responses(
        (status = 201, description = "The new account", body = OwnView, headers(("Location"))),
        Problems<{ ANY | FORM | of(&[Code::SignUpClosed, Code::UsernameTaken]) }>,
    ),
)]
pub(crate) async fn sign_up(
    _: Open,
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<NewAccount>,
) -> Result<HttpResponse, Problem> {
    let NewAccount { username, password, email, display_name } = body.into_inner().0;
    let entered = SignUp { username, password, email, display_name };
    let attempt = attempts.sign_up()?;
    let user = attempt.hash(&state, move |state| state.services.accounts.sign_up(&entered)).await?;
    let storage = StorageUse { used: 0, allowed: state.services.storage.quota() };
    let location = format!("/api/users/{}", user.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(OwnView::of(&user, storage)))
}
