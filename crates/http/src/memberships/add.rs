//! `PUT /api/chatrooms/{chatroom_id}/memberships/{user_id}`

use actix_web::{HttpResponse, web};

use super::added::added;
use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, OWNERS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MembershipView;

/// Add a member
///
/// Requires the role `add_role`, by default any member. You cannot add a user who has blocked you.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "add_member",
    tag = "memberships",
    params(MemberPath),
    responses(
        (status = 201, description = "The new membership", body = MembershipView),
        (status = 200, description = "The existing membership", body = MembershipView),
        Problems<{ SIGNED_IN | OWNERS | MODERATORS | of(&[Code::UserNotFound, Code::Blocked, Code::Banned]) }>,
    ),
)]
pub(crate) async fn add(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller
        .run(&state, move |state| state.services.memberships.add(path.chatroom_id, caller.user, path.user_id))
        .await
        .map(added)
}
