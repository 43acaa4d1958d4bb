//! `DELETE /api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::extract::{MessagePath, Principal, precondition};
use crate::openapi::{IfMatchHeader, MEMBERS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Delete a message
///
/// Leaves a tombstone without the body. Requires the author, a moderator or an owner. Authors can delete their own
/// messages even if they are no longer members: they left, were removed or are banned.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "delete_message",
    tag = "messages",
    params(MessagePath, IfMatchHeader),
    responses(
        (status = 204, description = "The message is deleted"),
        Problems<{ SIGNED_IN | MEMBERS | of(&[Code::MessageNotFound, Code::NotTheAuthor, Code::RevisionMismatch, Code::MalformedHeader]) }>,
    ),
)]
pub(crate) async fn delete(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let condition = precondition(&request)?;
    caller
        .run(&state, move |state| state.services.messages.delete(chatroom_id, caller.user, message_id, &condition))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
