//! `PUT /api/chatrooms/{chatroom_id}/pins/{message_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MessagePath, Principal};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Pin a message
///
/// Any member can pin messages. A chatroom can have 100 pins. Deleting a message unpins it.
#[utoipa::path(
    put, path = "/api/chatrooms/{chatroom_id}/pins/{message_id}", operation_id = "pin_message", tag = "pins",
    params(MessagePath),
    responses(
        (status = 204, description = "The message is pinned"),
        Problems<{ SIGNED_IN | SPEAKERS | of(&[Code::MessageNotFound, Code::MessageDeleted, Code::TooManyPins, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn pin(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.pins.pin(chatroom_id, caller.user, message_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
