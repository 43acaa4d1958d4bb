//! `GET /api/chatrooms/{chatroom_id}/invitations`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::extract::{InChatroom, Paging, Principal};
use crate::openapi::{MODERATORS, Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List};
use crate::problem::Problem;
use crate::state::State;
use crate::views::InvitationView;

/// List invitations
///
/// Returns the active invitations of the chatroom, newest first. Requires a moderator or an owner.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/invitations",
    operation_id = "list_invitations",
    tag = "invitations",
    params(InChatroom, Paging),
    responses(
        (status = 200, description = "A page of invitations", body = List<InvitationView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MODERATORS }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?, paging.limit()?);
    let page =
        caller.run(&state, move |state| state.services.invitations.list(id, caller.user, after, limit)).await?;
    pages::answer(&request, page, |invitation| invitation.id, InvitationView::from)
}
