//! `/api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Failure;
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag;
use super::rendered::html;
use crate::extract::{Caller, Json, MessagePath, Rendering, matches_none, precondition};
use crate::openapi::{
    Codes, FORM, IfMatchHeader, IfNoneMatchHeader, MEMBERS, Problems, QUERY, SIGNED_IN, SPEAKERS, WRITE, of,
    values,
};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::{MessageView, ShownMessage};

/// To what somebody does to one message.
const WRITTEN: Codes =
    of(&[Code::MessageNotFound, Code::NotTheAuthor, Code::RevisionMismatch, Code::MalformedHeader]);

/// What a message says from now on.
#[derive(Deserialize, ToSchema)]
#[schema(as = MessageEdit)]
pub(crate) struct Edit {
    #[schema(schema_with = values::message_body)]
    body: String,
}

/// One message, or its tombstone
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "get_message",
    tag = "messages",
    params(MessagePath, Rendering, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The message", body = ShownMessage, headers(("ETag"))),
        (status = 304, description = "The client has this revision", headers(("ETag"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound, Code::MalformedHeader]) }>,
    ),
)]
pub(crate) async fn show(
    caller: Caller,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let with_html = rendering.wants_html()?;
    let read = blocking(move || {
        let message = services.messages.show(chatroom_id, caller.user_id, message_id)?;
        let html = with_html.then(|| html(&message));
        Ok::<_, Failure>((message, html))
    });
    let (message, html) = read.await?;
    // Another version of the server may make other HTML of the same revision, and safer.
    if matches_none(&request, message.revision)? && html.is_none() {
        return Ok(HttpResponse::NotModified().insert_header(etag(&message)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(etag(&message));
    let message = MessageView::from(message);
    Ok(match html {
        Some(html) => response.json(ShownMessage { message, html }),
        None => response.json(message),
    })
}

/// Edit a message
///
/// Its author may.
#[utoipa::path(
    patch,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "edit_message",
    tag = "messages",
    params(MessagePath, IfMatchHeader),
    request_body = Edit,
    responses(
        (status = 200, description = "The message as it is now", body = MessageView, headers(("ETag"))),
        Problems<{ SIGNED_IN | FORM | SPEAKERS | WRITTEN | of(&[Code::MessageDeleted]) }>,
    ),
)]
pub(crate) async fn edit(
    caller: Caller,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    services: web::Data<Services>,
    body: Json<Edit>,
) -> Result<HttpResponse, Problem> {
    let Edit { body } = body.into_inner().0;
    let condition = precondition(&request)?;
    let message =
        blocking(move || services.messages.edit(chatroom_id, caller.user_id, message_id, &body, &condition));
    let message = message.await?;
    Ok(HttpResponse::Ok().insert_header(etag(&message)).json(MessageView::from(message)))
}

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
        Problems<{ SIGNED_IN | WRITE | MEMBERS | WRITTEN }>,
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
