//! `POST /api/chatrooms/{chatroom_id}/typing`: notifies current subscribers; nothing is stored.

use actix_web::{HttpResponse, web};
use chit_chat_domain::id::ChatroomId;

use super::notice;
use crate::extract::{InChatroom, Principal};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS};
use crate::problem::Problem;
use crate::state::State;

/// Send a typing indicator
///
/// Other users' streams of the chatroom on the same instance receive it, at most once every three seconds.
#[utoipa::path(
    post, path = "/api/chatrooms/{chatroom_id}/typing", operation_id = "tell_typing", tag = "streams",
    params(InChatroom),
    responses(
        (status = 204, description = "The indicator is accepted"),
        Problems<{ SIGNED_IN | SPEAKERS }>,
    ),
)]
pub(crate) async fn tell_typing(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    notify(&state, caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn notify(state: &web::Data<State>, caller: Principal, id: ChatroomId) -> Result<(), Problem> {
    caller.run(state, move |state| state.services.chatrooms.may_speak(id, caller.user)).await?;
    let now = state.clock.now();
    state.streams.tell_typing(id, caller.user, || notice::typing(id, caller.user, now));
    Ok(())
}
