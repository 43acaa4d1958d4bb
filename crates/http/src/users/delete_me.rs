//! `DELETE /api/users/me`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::attempts::Attempts;
use crate::extract::{Json, Principal};
use crate::openapi::{FORM, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Confirms the deletion of an account.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountDeletion)]
pub(crate) struct Deletion {
    #[schema(schema_with = values::known_password)]
    password: String,
    #[schema(schema_with = values::own_messages)]
    messages: Option<String>,
}

/// Delete your account
///
/// Ends all sessions and leaves all chatrooms: up to 50 within the request, more of them afterwards. Your messages
/// remain, unless `messages` is `delete`: then all of them become tombstones, in chatrooms that you have left too.
/// This begins within a minute of leaving the last chatroom, and takes longer the more you have written. Your username
/// stays taken.
#[utoipa::path(
    delete, path = "/api/users/me", operation_id = "delete_account", tag = "users",
    request_body = Deletion,
    responses(
        (status = 204, description = "The account is deleted"),
        Problems<{ SIGNED_IN | FORM | of(&[Code::InvalidCredentials]) }>,
    ),
)]
pub(crate) async fn delete_me(
    caller: Principal,
    attempts: Attempts,
    state: web::Data<State>,
    body: Json<Deletion>,
) -> Result<HttpResponse, Problem> {
    let Deletion { password, messages } = body.into_inner().0;
    let session = caller.session()?;
    let check = move |state: &State| {
        state.services.accounts.check_deletion(caller.user, session, &password, messages.as_deref())
    };
    // The place among passwords is free again before the account is deleted.
    let deletion = attempts.check_password(caller)?.hash(&state, check).await?;
    caller.run(&state, move |state| state.services.accounts.delete(caller.user, deletion)).await?;
    Ok(HttpResponse::NoContent().finish())
}
