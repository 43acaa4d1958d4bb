//! `DELETE /api/chatrooms/{chatroom_id}/invitations/{invitation_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{InvitationPath, Principal};
use crate::openapi::{MODERATORS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Revoke an invitation
///
/// Users who already accepted it remain members. Requires a moderator or an owner.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/invitations/{invitation_id}",
    operation_id = "revoke_invitation",
    tag = "invitations",
    params(InvitationPath),
    responses(
        (status = 204, description = "The invitation can no longer be accepted"),
        Problems<{ SIGNED_IN | MODERATORS | of(&[Code::InvitationNotFound]) }>,
    ),
)]
pub(crate) async fn revoke(
    caller: Principal,
    path: InvitationPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller
        .run(&state, move |state| {
            state.services.invitations.revoke(path.chatroom_id, caller.user, path.invitation_id)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
