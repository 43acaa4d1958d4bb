//! `GET /api/users/me/invitations`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::invitee::{ReceivedInvitation, ReceivedPosition};
use chit_chat_domain::page::Page;

use crate::extract::{Paging, Principal};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List, time_and_id};
use crate::problem::Problem;
use crate::state::State;
use crate::views::ReceivedInvitationView;

/// List your invitations
///
/// The chatrooms to which members have invited you, newest first. Accept with
/// `PUT /api/chatrooms/{chatroom_id}/memberships/me`, or decline. Codes that you could use are not among them.
#[utoipa::path(
    get,
    path = "/api/users/me/invitations",
    operation_id = "list_received_invitations",
    tag = "invitees",
    params(Paging),
    responses(
        (status = 200, description = "A page of invitations", body = List<ReceivedInvitationView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list_received(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let position = |text: &str| {
        time_and_id::parse(text).map(|(created_at, chatroom_id)| ReceivedPosition { created_at, chatroom_id })
    };
    let (after, limit) = (paging.position(position)?, paging.limit()?);
    let rows = caller.run(&state, move |state| state.stores.invitees.of_user(caller.user, after, limit)).await?;
    let written =
        |last: &ReceivedInvitation| time_and_id::written(last.invitee.created_at, &last.invitee.chatroom_id);
    pages::answer(&request, Page::cut(rows, limit), written, ReceivedInvitationView::from)
}
