//! `DELETE /api/chatrooms/{chatroom_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{InChatroom, Principal};
use crate::openapi::{MODERATORS, OWNERS, Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;

/// Delete a chatroom
///
/// Deletes the chatroom and its messages for all members. Requires the role `delete_role`, by default an owner.
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}", operation_id = "delete_chatroom", tag = "chatrooms",
    params(InChatroom),
    responses(
        (status = 204, description = "The chatroom is deleted"),
        Problems<{ SIGNED_IN | OWNERS | MODERATORS }>,
    ),
)]
pub(crate) async fn delete(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.chatrooms.delete(id, caller.user)).await?;
    Ok(HttpResponse::NoContent().finish())
}
