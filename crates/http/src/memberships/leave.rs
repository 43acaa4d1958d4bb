//! `DELETE /api/chatrooms/{chatroom_id}/memberships/me`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::extract::{InChatroom, Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;

/// Leave a chatroom
///
/// Ends your membership. If you are the last owner, a moderator becomes the owner, or else a member: first of all one
/// who takes part (entered alone, or has moved the read marker), and among these the longest-standing one. If you are
/// the last member, the chatroom is deleted. Leaving a direct chatroom only hides it from your list until the next
/// message.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/memberships/me",
    operation_id = "leave_chatroom",
    tag = "memberships",
    params(InChatroom),
    responses(
        (status = 204, description = "You are not a member, or the chatroom does not exist or is not visible to you"),
        Problems<{ SIGNED_IN }>,
    ),
)]
pub(crate) async fn leave(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    // A chatroom that does not exist has no members, so there is nothing to leave.
    if let Ok(id) = path_id(&request, "chatroom_id", Denial::ChatroomNotFound) {
        caller.run(&state, move |state| state.services.memberships.leave(id, caller.user)).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
