//! `PUT /api/users/me/blocks/{user_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use super::pair::pair;
use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN, WRITE, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::state::State;

/// Block somebody
///
/// From then on they open no direct chatroom with me and add me to none, and nobody writes in the direct chatroom that
/// we share. They are not told.
#[utoipa::path(
    put, path = "/api/users/me/blocks/{user_id}", operation_id = "block_user", tag = "blocks",
    params(("user_id" = Uuid, Path, description = "A user")),
    responses(
        (status = 204, description = "The user is blocked"),
        Problems<{ SIGNED_IN | WRITE | of(&[Code::UserNotFound, Code::InvalidValue, Code::TooManyBlocks]) }>,
    ),
)]
pub(crate) async fn block(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let pair = pair(caller, &request)?;
    let blocking_state = state.clone();
    blocking(move || blocking_state.services.blocks.block(pair)).await?;
    state.streams.look(pair.chatroom_id());
    Ok(HttpResponse::NoContent().finish())
}
