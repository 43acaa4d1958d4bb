//! `DELETE /api/chatrooms/{chatroom_id}/mute`

use actix_web::{HttpResponse, web};

use super::set_muted::set_muted;
use crate::extract::{InChatroom, Principal};
use crate::openapi::{MEMBERS, Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;

/// Unmute a chatroom
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}/mute", operation_id = "unmute_chatroom", tag = "reading",
    params(InChatroom),
    responses(
        (status = 204, description = "The chatroom is not muted"),
        Problems<{ SIGNED_IN | MEMBERS }>,
    ),
)]
pub(crate) async fn unmute(
    caller: Principal,
    path: InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    set_muted(caller, path, state, false).await
}
