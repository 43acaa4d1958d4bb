//! `DELETE /api/chatrooms/{chatroom_id}/bans/{user_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Lift a ban
///
/// Does not restore the membership. Requires a moderator or an owner.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/bans/{user_id}",
    operation_id = "lift_ban",
    tag = "bans",
    params(MemberPath),
    responses(
        (status = 204, description = "The user is not banned"),
        Problems<{ SIGNED_IN | MODERATORS | of(&[Code::UserNotFound]) }>,
    ),
)]
pub(crate) async fn lift(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.bans.lift(path.chatroom_id, caller.user, path.user_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
