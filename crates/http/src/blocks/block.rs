//! `PUT /api/users/me/blocks/{user_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use super::pair::pair;
use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Block a user
///
/// The user can no longer open a direct chatroom with you or add you to a chatroom, and your direct chatroom with
/// them is archived. They are not notified.
#[utoipa::path(
    put, path = "/api/users/me/blocks/{user_id}", operation_id = "block_user", tag = "blocks",
    params(("user_id" = Uuid, Path, description = "The id of the user.")),
    responses(
        (status = 204, description = "The user is blocked"),
        Problems<{ SIGNED_IN | of(&[Code::UserNotFound, Code::InvalidValue, Code::TooManyBlocks]) }>,
    ),
)]
pub(crate) async fn block(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let pair = pair(caller, &request)?;
    caller.run(&state, move |state| state.services.blocks.block(pair)).await?;
    Ok(HttpResponse::NoContent().finish())
}
