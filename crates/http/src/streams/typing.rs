//! `POST /api/chatrooms/{chatroom_id}/typing`: heard by who listens now, and forgotten.

use actix_web::{HttpResponse, web};
use chit_chat_domain::id::ChatroomId;

use super::notice;
use crate::extract::{InChatroom, Principal};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS, WRITE};
use crate::problem::Problem;
use crate::run::blocking;
use crate::state::State;

/// Tell that I am writing
///
/// Heard by those who listen to the chatroom through the same instance; at most once in three seconds, whatever is sent.
#[utoipa::path(
    post, path = "/api/chatrooms/{chatroom_id}/typing", operation_id = "tell_typing", tag = "streams",
    params(InChatroom),
    responses(
        (status = 204, description = "Whoever listens will hear of it"),
        Problems<{ SIGNED_IN | WRITE | SPEAKERS }>,
    ),
)]
pub(crate) async fn tell_typing(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    tell(&state, caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn tell(state: &web::Data<State>, caller: Principal, id: ChatroomId) -> Result<(), Problem> {
    let asked = state.clone();
    blocking(move || asked.services.chatrooms.may_speak(id, caller.user)).await?;
    let now = state.clock.now();
    state.streams.tell_typing(id, caller.user, || notice::typing(id, caller.user, now));
    Ok(())
}
