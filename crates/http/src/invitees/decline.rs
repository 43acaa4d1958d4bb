//! `DELETE /api/users/me/invitations/{chatroom_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::extract::{InChatroom, Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;

/// Decline an invitation
///
/// The members see that you are no longer invited. They can invite you again; block who does.
#[utoipa::path(
    delete,
    path = "/api/users/me/invitations/{chatroom_id}",
    operation_id = "decline_invitation",
    tag = "invitees",
    params(InChatroom),
    responses(
        (status = 204, description = "You are not invited, whether or not the chatroom exists"),
        Problems<{ SIGNED_IN }>,
    ),
)]
pub(crate) async fn decline(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    // Nobody is invited to a chatroom that does not exist.
    if let Ok(id) = path_id(&request, "chatroom_id", Denial::ChatroomNotFound) {
        caller.run(&state, move |state| state.stores.invitees.decline(id, caller.user)).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
