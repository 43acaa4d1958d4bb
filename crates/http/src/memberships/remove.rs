//! `DELETE /api/chatrooms/{chatroom_id}/memberships/{user_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Remove a member
///
/// Moderators can remove members; owners can also remove moderators. Owners cannot be removed.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "remove_member",
    tag = "memberships",
    params(MemberPath),
    responses(
        (status = 204, description = "The user is not a member"),
        Problems<{ SIGNED_IN | MODERATORS | of(&[Code::UserNotFound, Code::TargetIsOwner, Code::TargetIsModerator]) }>,
    ),
)]
pub(crate) async fn remove(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller
        .run(&state, move |state| state.services.memberships.remove(path.chatroom_id, caller.user, path.user_id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
