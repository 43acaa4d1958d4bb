//! `GET /api/chatrooms/{chatroom_id}/invitees`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::invitee::InviteePosition;

use crate::extract::{InChatroom, Paging, Principal};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List, time_and_id};
use crate::problem::Problem;
use crate::state::State;
use crate::views::InviteeView;

/// List invitees
///
/// The users whom a member wanted to add and who have to accept first, newest first. Requires a member.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/invitees",
    operation_id = "list_invitees",
    tag = "invitees",
    params(InChatroom, Paging),
    responses(
        (status = 200, description = "A page of invitees", body = List<InviteeView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let position =
        |text: &str| time_and_id::parse(text).map(|(created_at, user_id)| InviteePosition { created_at, user_id });
    let (after, limit) = (paging.position(position)?, paging.limit()?);
    let page =
        caller.run(&state, move |state| state.services.invitees.list(id, caller.user, after, limit)).await?;
    pages::answer(&request, page, |last| time_and_id::written(last.created_at, &last.user_id), InviteeView::from)
}
