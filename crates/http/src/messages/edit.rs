//! `PATCH /api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag::etag;
use crate::extract::{Json, MessagePath, Principal, precondition};
use crate::openapi::{FORM, IfMatchHeader, Problems, SIGNED_IN, SPEAKERS, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MessageView;

/// The new body of a message.
#[derive(Deserialize, ToSchema)]
#[schema(as = MessageEdit)]
pub(crate) struct Edit {
    #[schema(schema_with = values::message_body)]
    body: String,
}

/// Edit a message
///
/// Requires the author.
#[utoipa::path(
    patch,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "edit_message",
    tag = "messages",
    params(MessagePath, IfMatchHeader),
    request_body = Edit,
    responses(
        (status = 200, description = "The updated message", body = MessageView, headers(("ETag"))),
        Problems<{ SIGNED_IN | FORM | SPEAKERS | of(&[Code::MessageNotFound, Code::MessageDeleted, Code::NotTheAuthor, Code::RevisionMismatch, Code::MalformedHeader, Code::StorageFull, Code::MessageRejected]) }>,
    ),
)]
pub(crate) async fn edit(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<Edit>,
) -> Result<HttpResponse, Problem> {
    let Edit { body } = body.into_inner().0;
    let condition = precondition(&request)?;
    let message = caller.run(&state, move |state| {
        state.services.messages.edit(chatroom_id, caller.user, message_id, &body, &condition)
    });
    let message = message.await?;
    Ok(HttpResponse::Ok().insert_header(etag(&message)).json(MessageView::from(message)))
}
