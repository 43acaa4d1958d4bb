//! `POST /api/invitations/{code}/accept`

use actix_web::{HttpResponse, web};

use crate::extract::{ByCode, Principal};
use crate::memberships::added;
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MembershipView;

/// Accept an invitation
///
/// Makes you a member of the chatroom. If you already are one, nothing changes and no use is counted, even if the
/// invitation is no longer active.
#[utoipa::path(
    post,
    path = "/api/invitations/{code}/accept",
    operation_id = "accept_invitation",
    tag = "invitations",
    params(ByCode),
    responses(
        (status = 201, description = "The new membership", body = MembershipView),
        (status = 200, description = "The existing membership", body = MembershipView),
        Problems<{ SIGNED_IN | of(&[Code::InvitationNotFound, Code::InvitationGone, Code::Banned, Code::UserNotFound, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn accept(
    caller: Principal,
    ByCode(code): ByCode,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let entered = caller.run(&state, move |state| state.services.invitations.accept(&code, caller.user)).await?;
    Ok(added(entered))
}
