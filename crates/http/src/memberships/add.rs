//! `PUT /api/chatrooms/{chatroom_id}/memberships/{user_id}`

use actix_web::{HttpResponse, web};
use chit_chat_domain::membership::Addition;

use super::added::added;
use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, OWNERS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::{InviteeView, MembershipView};

/// Add a member
///
/// Requires the role `add_role`, by default any member. A user whose `who_can_add_me` does not allow it, or who
/// takes no part in 200 chatrooms to which they were added, is invited instead: they become a member when they
/// accept. You cannot add a user who has blocked you.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "add_member",
    tag = "memberships",
    params(MemberPath),
    responses(
        (status = 201, description = "The new membership", body = MembershipView),
        (status = 200, description = "The existing membership", body = MembershipView),
        (status = 202, description = "The user is invited and has not answered yet", body = InviteeView),
        Problems<{ SIGNED_IN | OWNERS | MODERATORS | of(&[Code::UserNotFound, Code::Blocked, Code::Banned, Code::InvitedTooOften, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn add(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let addition = caller
        .run(&state, move |state| state.services.memberships.add(path.chatroom_id, caller.user, path.user_id))
        .await?;
    Ok(match addition {
        Addition::Member(member) => added(member),
        Addition::Invited(invitee) => HttpResponse::Accepted().json(InviteeView::from(invitee)),
    })
}
