//! `DELETE /api/chatrooms/{chatroom_id}/pins/{message_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MessagePath, Principal};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Unpin a message
///
/// Any member can unpin a message, whoever pinned it.
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}/pins/{message_id}", operation_id = "unpin_message", tag = "pins",
    params(MessagePath),
    responses(
        (status = 204, description = "The message is not pinned"),
        Problems<{ SIGNED_IN | SPEAKERS | of(&[Code::MessageNotFound, Code::MessageDeleted]) }>,
    ),
)]
pub(crate) async fn unpin(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.pins.unpin(chatroom_id, caller.user, message_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
