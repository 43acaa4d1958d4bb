//! `/api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::etag;
use crate::extract::{Caller, Json, MessagePath, matches_none, precondition};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::MessageView;

#[derive(Deserialize)]
pub(crate) struct Edit {
    body: String,
}

/// `GET`
pub(crate) async fn show(
    caller: Caller,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let message = blocking(move || services.messages.show(chatroom_id, caller.user_id, message_id)).await?;
    if matches_none(&request, message.revision) {
        return Ok(HttpResponse::NotModified().insert_header(etag(&message)).finish());
    }
    Ok(HttpResponse::Ok().insert_header(etag(&message)).json(MessageView::from(message)))
}

/// `PATCH`
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

/// `DELETE`
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
