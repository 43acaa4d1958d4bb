//! `/api/chatrooms/{chatroom_id}/memberships/{user_id}`: adding, promoting and removing members.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::added;
use crate::extract::{Caller, Json, MemberPath};
use crate::openapi::{FORM, MODERATORS, OWNERS, Problems, SIGNED_IN, WRITE, of, values};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::MembershipView;

/// The role that a member is to have.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RolePatch {
    #[schema(schema_with = values::new_role)]
    role: String,
}

/// Add somebody to a chatroom
///
/// Whoever has the chatroom's `add_role` may: any member, unless its owners have set it otherwise. Nobody adds who blocks them.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "add_member",
    tag = "memberships",
    params(MemberPath),
    responses(
        (status = 201, description = "The new membership", body = MembershipView),
        (status = 200, description = "The membership that there was already", body = MembershipView),
        Problems<{ SIGNED_IN | WRITE | OWNERS | MODERATORS | of(&[Code::UserNotFound, Code::Blocked, Code::Banned]) }>,
    ),
)]
pub(crate) async fn add(
    caller: Caller,
    path: MemberPath,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.memberships.add(path.chatroom_id, caller.user_id, path.user_id)).await.map(added)
}

/// Give a member another role
///
/// Owners may; an owner steps down only by their own hand.
#[utoipa::path(
    patch,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "change_role",
    tag = "memberships",
    params(MemberPath),
    request_body = RolePatch,
    responses(
        (status = 200, description = "The membership as it is now", body = MembershipView),
        Problems<{ SIGNED_IN | FORM | OWNERS | of(&[Code::UserNotFound, Code::MembershipNotFound, Code::TargetIsOwner, Code::LastOwner]) }>,
    ),
)]
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

/// Remove a member
///
/// Moderators remove members, owners also moderators; nobody removes an owner.
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "remove_member",
    tag = "memberships",
    params(MemberPath),
    responses(
        (status = 204, description = "The user is no member"),
        Problems<{ SIGNED_IN | WRITE | MODERATORS | of(&[Code::UserNotFound, Code::TargetIsOwner, Code::TargetIsModerator]) }>,
    ),
)]
pub(crate) async fn remove(
    caller: Caller,
    path: MemberPath,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.memberships.remove(path.chatroom_id, caller.user_id, path.user_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
