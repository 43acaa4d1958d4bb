//! `PUT /api/chatrooms/{chatroom_id}/bans/{user_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::BanView;

/// Ban a user
///
/// Ends the user's membership, if any. Until the ban is lifted, the user cannot join, be added or accept an
/// invitation. Moderators can ban members and users outside the chatroom; owners can also ban moderators. Owners
/// cannot be banned.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/bans/{user_id}",
    operation_id = "ban_user",
    tag = "bans",
    params(MemberPath),
    responses(
        (status = 201, description = "The new ban", body = BanView),
        (status = 200, description = "The existing ban", body = BanView),
        Problems<{ SIGNED_IN | MODERATORS | of(&[Code::UserNotFound, Code::TargetIsOwner, Code::TargetIsModerator, Code::TooManyBans, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn ban(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let placed = caller
        .run(&state, move |state| state.services.bans.ban(path.chatroom_id, caller.user, path.user_id))
        .await?;
    let mut response = if placed.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(BanView::from(placed.ban)))
}
