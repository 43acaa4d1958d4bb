//! `DELETE /api/users/me/tokens/{token_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::key::KeyOwner;

use crate::extract::{Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Revoke a personal token
///
/// It stops working at once, and its streams end.
#[utoipa::path(
    delete, path = "/api/users/me/tokens/{token_id}", operation_id = "revoke_personal_token", tag = "tokens",
    params(("token_id" = Uuid, Path, description = "The id of one of your tokens.")),
    responses(
        (status = 204, description = "The token is revoked"),
        Problems<{ SIGNED_IN | of(&[Code::KeyNotFound]) }>,
    ),
)]
pub(crate) async fn revoke(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.session()?;
    let id = path_id(&request, "token_id", Denial::KeyNotFound)?;
    caller.run(&state, move |state| state.services.keys.revoke(KeyOwner::User(caller.user), id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
