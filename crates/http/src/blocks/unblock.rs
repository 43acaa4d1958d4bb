//! `DELETE /api/users/me/blocks/{user_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use super::pair::pair;
use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Unblock a user
///
/// Reopens your direct chatroom with them, unless they block you.
#[utoipa::path(
    delete, path = "/api/users/me/blocks/{user_id}", operation_id = "unblock_user", tag = "blocks",
    params(("user_id" = Uuid, Path, description = "The id of the user.")),
    responses(
        (status = 204, description = "The user is not blocked"),
        Problems<{ SIGNED_IN | of(&[Code::UserNotFound, Code::InvalidValue]) }>,
    ),
)]
pub(crate) async fn unblock(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let pair = pair(caller, &request)?;
    caller.run(&state, move |state| state.services.blocks.unblock(pair)).await?;
    Ok(HttpResponse::NoContent().finish())
}
