//! `PUT /api/chatrooms/{chatroom_id}/mute`

use actix_web::{HttpResponse, web};

use super::set_muted::set_muted;
use crate::extract::{InChatroom, Principal};
use crate::openapi::{MEMBERS, Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;

/// Mute a chatroom
///
/// Stores the setting and sends it to your devices. It is up to them not to notify you.
#[utoipa::path(
    put, path = "/api/chatrooms/{chatroom_id}/mute", operation_id = "mute_chatroom", tag = "reading",
    params(InChatroom),
    responses(
        (status = 204, description = "The chatroom is muted"),
        Problems<{ SIGNED_IN | MEMBERS }>,
    ),
)]
pub(crate) async fn mute(
    caller: Principal,
    path: InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    set_muted(caller, path, state, true).await
}
