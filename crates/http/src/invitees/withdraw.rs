//! `DELETE /api/chatrooms/{chatroom_id}/invitees/{user_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, OWNERS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Withdraw an invitation
///
/// Requires the role `add_role`, by default any member.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/invitees/{user_id}",
    operation_id = "withdraw_invitation",
    tag = "invitees",
    params(MemberPath),
    responses(
        (status = 204, description = "The user is not invited"),
        Problems<{ SIGNED_IN | OWNERS | MODERATORS | of(&[Code::UserNotFound]) }>,
    ),
)]
pub(crate) async fn withdraw(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller
        .run(&state, move |state| state.services.invitees.withdraw(path.chatroom_id, caller.user, path.user_id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
