//! `DELETE /api/chatrooms/{chatroom_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{InChatroom, Principal};
use crate::openapi::{OWNERS, Problems, SIGNED_IN, WRITE};
use crate::problem::Problem;
use crate::run::blocking;
use crate::state::State;

/// Delete a chatroom
///
/// Deletes the chatroom and its messages for all members. Requires an owner.
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}", operation_id = "delete_chatroom", tag = "chatrooms",
    params(InChatroom),
    responses(
        (status = 204, description = "The chatroom is deleted"),
        Problems<{ SIGNED_IN | WRITE | OWNERS }>,
    ),
)]
pub(crate) async fn delete(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    blocking(move || state.services.chatrooms.delete(id, caller.user)).await?;
    Ok(HttpResponse::NoContent().finish())
}
