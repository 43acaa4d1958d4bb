//! `GET /api/chatrooms/{chatroom_id}/memberships`: longest-standing first.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::extract::{InChatroom, Paging, Principal};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List};
use crate::problem::Problem;
use crate::state::State;
use crate::views::MembershipView;

/// List memberships
///
/// Longest-standing members first.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/memberships",
    operation_id = "list_memberships",
    tag = "memberships",
    params(InChatroom, Paging),
    responses(
        (status = 200, description = "A page of memberships", body = List<MembershipView>, headers(("Link"))),
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
    let limit = paging.limit()?;
    let after = paging.position(|text| text.parse().ok())?.unwrap_or(0);
    let page =
        caller.run(&state, move |state| state.services.memberships.list(id, caller.user, after, limit)).await?;
    pages::answer(&request, page, |member| member.membership.joined_seq, MembershipView::from)
}
