//! `/api/chatrooms/{chatroom_id}/memberships/{user_id}`: adding, promoting and removing members.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::added;
use crate::extract::{Caller, Json, MemberPath};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::MembershipView;

#[derive(Deserialize)]
pub(crate) struct RolePatch {
    role: String,
}

/// `PUT`
pub(crate) async fn add(
    caller: Caller,
    path: MemberPath,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.memberships.add(path.chatroom_id, caller.user_id, path.user_id)).await.map(added)
}

/// `PATCH`
pub(crate) async fn change_role(
    caller: Caller,
    path: MemberPath,
    services: web::Data<Services>,
    body: Json<RolePatch>,
) -> Result<HttpResponse, Problem> {
    let RolePatch { role } = body.into_inner().0;
    let member =
        blocking(move || services.memberships.change_role(path.chatroom_id, caller.user_id, path.user_id, &role));
    Ok(HttpResponse::Ok().json(MembershipView::from(member.await?)))
}

/// `DELETE`
pub(crate) async fn remove(
    caller: Caller,
    path: MemberPath,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.memberships.remove(path.chatroom_id, caller.user_id, path.user_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
