//! `/api/users/me`: one's own account.

use actix_web::{HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::user::ProfileChange;
use serde::Deserialize;

use crate::extract::{Caller, Json, Patched, kept, present};
use crate::limits::Attempts;
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::OwnView;

#[derive(Deserialize)]
pub(crate) struct AccountPatch {
    #[serde(default, deserialize_with = "present")]
    display_name: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    email: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    password: Patched<String>,
    current_password: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Deletion {
    password: String,
}

/// `GET /api/users/me`
pub(crate) async fn show(caller: Caller, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let user = blocking(move || services.stores.users.find(caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(OwnView::from(user.ok_or(Denial::UserNotFound)?)))
}

/// `PATCH /api/users/me`
pub(crate) async fn change(
    caller: Caller,
    attempts: Attempts,
    services: web::Data<Services>,
    body: Json<AccountPatch>,
) -> Result<HttpResponse, Problem> {
    let AccountPatch { display_name, email, password, current_password } = body.into_inner().0;
    let password = kept("password", password)?;
    if password.is_some() && current_password.is_none() {
        return Err(Problem::new(Code::MalformedBody, "a new password needs current_password beside it"));
    }
    let attempt = attempts.guess_if(password.is_some(), caller.user_id)?;
    let change = ProfileChange { display_name, email, password, current_password };
    let Caller { user_id, session_id } = caller;
    let user = blocking(move || services.accounts.change(user_id, session_id, &change)).await;
    Ok(HttpResponse::Ok().json(OwnView::from(attempt.settle(user)?)))
}

/// `DELETE /api/users/me`
pub(crate) async fn delete(
    caller: Caller,
    attempts: Attempts,
    services: web::Data<Services>,
    body: Json<Deletion>,
) -> Result<HttpResponse, Problem> {
    let Deletion { password } = body.into_inner().0;
    let attempt = attempts.guess(caller.user_id)?;
    attempt.settle(blocking(move || services.accounts.delete(caller.user_id, &password)).await)?;
    Ok(HttpResponse::NoContent().finish())
}
