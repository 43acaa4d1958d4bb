//! `PUT /api/chatrooms/{chatroom_id}/bans/{user_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{MemberPath, Principal};
use crate::openapi::{MODERATORS, Problems, SIGNED_IN, WRITE, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::state::State;
use crate::views::BanView;

/// Ban somebody from a chatroom
///
/// It ends a membership that there is, and keeps the user out until it is lifted: from joining, from being
/// added, and from being let in by an invitation. Moderators ban members and people who are none, owners
/// also moderators; nobody bans an owner.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/bans/{user_id}",
    operation_id = "ban_user",
    tag = "bans",
    params(MemberPath),
    responses(
        (status = 201, description = "The new ban", body = BanView),
        (status = 200, description = "The ban that there was already", body = BanView),
        Problems<{ SIGNED_IN | WRITE | MODERATORS | of(&[Code::UserNotFound, Code::TargetIsOwner, Code::TargetIsModerator]) }>,
    ),
)]
pub(crate) async fn ban(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let placed = blocking(move || state.services.bans.ban(path.chatroom_id, caller.user, path.user_id)).await?;
    let mut response = if placed.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(BanView::from(placed.ban)))
}
