//! `DELETE /api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use crate::extract::{Caller, MessagePath, precondition};
use crate::openapi::{IfMatchHeader, MEMBERS, Problems, SIGNED_IN, WRITE, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;

/// Delete a message
///
/// Its author may, and moderators and owners of the chatroom.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "delete_message",
    tag = "messages",
    params(MessagePath, IfMatchHeader),
    responses(
        (status = 204, description = "Only a tombstone is left"),
        Problems<{ SIGNED_IN | WRITE | MEMBERS | of(&[Code::MessageNotFound, Code::NotTheAuthor, Code::RevisionMismatch, Code::MalformedHeader]) }>,
    ),
)]
pub(crate) async fn delete(
    caller: Caller,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let condition = precondition(&request)?;
    blocking(move || services.messages.delete(chatroom_id, caller.user_id, message_id, &condition)).await?;
    Ok(HttpResponse::NoContent().finish())
}
