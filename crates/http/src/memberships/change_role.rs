//! `PATCH /api/chatrooms/{chatroom_id}/memberships/{user_id}`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, MemberPath, Principal};
use crate::openapi::{FORM, OWNERS, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MembershipView;

/// A member's new role.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RolePatch {
    #[schema(schema_with = values::new_role)]
    role: String,
}

/// Change a member's role
///
/// Requires an owner. Another owner's role cannot be changed; owners can change their own.
#[utoipa::path(
    patch,
    path = "/api/chatrooms/{chatroom_id}/memberships/{user_id}",
    operation_id = "change_role",
    tag = "memberships",
    params(MemberPath),
    request_body = RolePatch,
    responses(
        (status = 200, description = "The updated membership", body = MembershipView),
        Problems<{ SIGNED_IN | FORM | OWNERS | of(&[Code::UserNotFound, Code::MembershipNotFound, Code::TargetIsOwner, Code::LastOwner, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn change_role(
    caller: Principal,
    path: MemberPath,
    state: web::Data<State>,
    body: Json<RolePatch>,
) -> Result<HttpResponse, Problem> {
    let RolePatch { role } = body.into_inner().0;
    let member = caller.run(&state, move |state| {
        state.services.memberships.change_role(path.chatroom_id, caller.user, path.user_id, &role)
    });
    Ok(HttpResponse::Ok().json(MembershipView::from(member.await?)))
}
