//! `PUT /api/chatrooms/{chatroom_id}/memberships/me`

use actix_web::{HttpResponse, web};

use super::added::added;
use crate::extract::{InChatroom, Principal};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MembershipView;

/// Join a chatroom
///
/// Requires that the chatroom is public, or that a member has invited you: `GET /api/users/me/invitations`.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/memberships/me",
    operation_id = "join_chatroom",
    tag = "memberships",
    params(InChatroom),
    responses(
        (status = 201, description = "The new membership", body = MembershipView),
        (status = 200, description = "The existing membership", body = MembershipView),
        Problems<{ SIGNED_IN | of(&[Code::ChatroomNotFound, Code::UserNotFound, Code::DirectChatroom, Code::Banned, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn join(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.memberships.join(id, caller.user)).await.map(added)
}
