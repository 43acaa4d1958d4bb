//! `DELETE /api/users/me`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Attempts;
use crate::extract::{Json, Principal};
use crate::openapi::{BODY, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Confirms the deletion of an account.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountDeletion)]
pub(crate) struct Deletion {
    #[schema(schema_with = values::known_password)]
    password: String,
}

/// Delete your account
///
/// Ends all sessions and leaves all chatrooms. Your messages remain, and your username stays taken.
#[utoipa::path(
    delete, path = "/api/users/me", operation_id = "delete_account", tag = "users",
    request_body = Deletion,
    responses(
        (status = 204, description = "The account is deleted"),
        Problems<{ SIGNED_IN | BODY | of(&[Code::InvalidCredentials]) }>,
    ),
)]
pub(crate) async fn delete_me(
    caller: Principal,
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<Deletion>,
) -> Result<HttpResponse, Problem> {
    let Deletion { password } = body.into_inner().0;
    let attempt = attempts.check_password(caller)?;
    attempt.hash(&state, move |state| state.services.accounts.delete(caller.user, &password)).await?;
    Ok(HttpResponse::NoContent().finish())
}
