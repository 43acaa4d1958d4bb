//! `/api/chatrooms/{chatroom_id}/mute`

use actix_web::{HttpResponse, web};

use crate::extract::{Caller, InChatroom};
use crate::openapi::{MEMBERS, Problems, SIGNED_IN, WRITE};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

/// Mute a chatroom
///
/// Nothing changes but that my devices know: they hear of it on their streams, and find it in the list of my chatrooms.
#[utoipa::path(
    put, path = "/api/chatrooms/{chatroom_id}/mute", operation_id = "mute_chatroom", tag = "reading",
    params(InChatroom),
    responses(
        (status = 204, description = "I want to hear nothing of it unasked"),
        Problems<{ SIGNED_IN | WRITE | MEMBERS }>,
    ),
)]
pub(crate) async fn mute(
    caller: Caller,
    path: InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    set(caller, path, services, true).await
}

/// Unmute a chatroom
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}/mute", operation_id = "unmute_chatroom", tag = "reading",
    params(InChatroom),
    responses(
        (status = 204, description = "I want to hear of it again"),
        Problems<{ SIGNED_IN | WRITE | MEMBERS }>,
    ),
)]
pub(crate) async fn unmute(
    caller: Caller,
    path: InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    set(caller, path, services, false).await
}

async fn set(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
    muted: bool,
) -> Result<HttpResponse, Problem> {
    let at = services.clone();
    blocking(move || at.reading.set_muted(id, caller.user_id, muted)).await?;
    services.streams.look_at_user(caller.user_id);
    Ok(HttpResponse::NoContent().finish())
}
