//! `GET /api/chatrooms/{chatroom_id}/messages/{message_id}`

use actix_web::{HttpRequest, HttpResponse, web};

use super::etag::etag;
use crate::extract::{MessagePath, Principal, Rendering, matches_none};
use crate::openapi::{IfNoneMatchHeader, MEMBERS, Problems, QUERY, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::{MessageView, ShownMessage};

/// Retrieve a message
///
/// A deleted message is returned as a tombstone.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}",
    operation_id = "get_message",
    tag = "messages",
    params(MessagePath, Rendering, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The message", body = ShownMessage, headers(("ETag"))),
        (status = 304, description = "The message is at one of the given revisions", headers(("ETag"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound, Code::MalformedHeader]) }>,
    ),
)]
pub(crate) async fn show(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let with_html = rendering.wants_html()?;
    let read = caller.run(&state, move |state| state.services.messages.show(chatroom_id, caller.user, message_id));
    let message = read.await?;
    let html = if with_html { Some(state.renderer.one(caller.party(), &message).await?) } else { None };
    // Another version of the server may render the same revision differently, and more safely.
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
